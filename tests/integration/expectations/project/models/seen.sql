select
    device,
    timestampadd(hour, -age_hours, current_timestamp()) as seen_at
from values ('a', 1), ('b', 72), ('b', -48) as ages (device, age_hours)
