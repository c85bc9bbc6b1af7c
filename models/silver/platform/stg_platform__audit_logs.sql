{{ config(partition_by='event_date', meta={'merge': {'prune_by': 'event_date'}}) }}

with arrived as (

    select * from {{ changes(source('platform', 'audit_logs')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'audit_logs') }}

),

first_deliveries as (

    select * from judged
    where quarantine_reason is null
    {{ first_of_each_record() }}

),

audit_events as (

    select
        record_key,
        record.accountid as account_id,
        record.workspaceid as workspace_id,
        region,
        record.auditlevel as audit_level,
        record.servicename as service_name,
        record.actionname as action_name,
        event_at,
        cast(event_at as date) as event_date,
        record.useridentity.email as user_email,
        record.sourceipaddress as source_ip_address,
        record.useragent as user_agent,
        record.sessionid as session_id,
        record.requestid as request_id,
        record.requestparams as request_params,
        try_cast(record.response.statuscode as int) as response_status_code,
        record.response.errormessage as response_error_message,
        record.response.result as response_result,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from first_deliveries

)

select * from audit_events
