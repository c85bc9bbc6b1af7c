-- A person who is to be forgotten is gone from every layer within seven days (docs/deletion.md).
select
    request_id,
    due_at
from {{ deletion_requests(source('operations', 'deletion_requests')) }}
where purged_at is null and due_at < current_timestamp()
