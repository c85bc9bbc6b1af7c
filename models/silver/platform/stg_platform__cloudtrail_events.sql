{{ config(partition_by='event_date', meta={'merge': {'prune_by': 'event_date'}}) }}

with arrived as (

    select * from {{ changes(source('platform', 'cloudtrail')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'cloudtrail') }}

),

first_deliveries as (

    select * from judged
    where quarantine_reason is null
    {{ first_of_each_record() }}

),

cloudtrail_events as (

    select
        record_key,
        record.eventid as event_id,
        record.recipientaccountid as aws_account_id,
        region,
        record.awsregion as aws_region,
        record.eventsource as event_source,
        record.eventname as event_name,
        record.eventtype as event_type,
        record.eventversion as event_version,
        event_at,
        cast(event_at as date) as event_date,
        record.useridentity['type'] as user_type,
        record.useridentity['arn'] as user_arn,
        record.sourceipaddress as source_ip_address,
        record.useragent as user_agent,
        record.readonly as is_read_only,
        record.errorcode as error_code,
        record.errormessage as error_message,
        record.requestparameters as request_parameters,
        record.responseelements as response_elements,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from first_deliveries

)

select * from cloudtrail_events
