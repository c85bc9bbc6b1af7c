with arrived as (

    select * from {{ changes(source('commerce', 'marketplace_geolocations')) }}

),

judged as (

    {{ judged('arrived', 'commerce', 'marketplace_geolocations') }}

),

first_deliveries as (

    select * from judged
    where quarantine_reason is null
    {{ first_of_each_record() }}

),

geolocations as (

    select
        record_key,
        {{ zip_prefix('record.geolocation_zip_code_prefix') }} as zip_prefix,
        record.geolocation_lat as latitude,
        record.geolocation_lng as longitude,
        record.geolocation_city as city,
        record.geolocation_state as state,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from first_deliveries

)

select * from geolocations
