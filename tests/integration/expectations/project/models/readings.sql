select
    *,
    device as owner,
    cast(null as string) as missing
from
    values
    (1, 'a', 10.00, 5, 'alpha', 'A1', r'C:\new\d', 'x', 4),
    (2, 'a', 20.00, 20, 'beta', 'B2', "it's", 'y', 3),
    (3, 'b', 30.00, 25, 'gamma', 'C3', 'plain', null, 2),
    (4, 'b', 40.00, 35, 'delta', 'd4', 'plain', null, 1)
    as readings (id, device, amount, floor_amount, label, code, path, maybe, falling)
