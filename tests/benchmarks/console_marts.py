"""The rows of what the console reads beside the marts of dashboards, by the size of the account."""

from tests.benchmarks import console_watch_marts
from tests.benchmarks.marts import Tables
from tests.benchmarks.rows import DAY, Rows, one_of, pick
from tests.benchmarks.scale import NEWEST_DAY, Scale
from tests.benchmarks.vocabulary import HOUR, MONTH, NEXT_HOUR

# Of three months two are sealed: days before the newest month.
_OPEN_DAYS = 31
_RESTAURANTS, _CUSTOMERS = 500, 20_000
_SEAL = {"seal_id": f"concat('seal-', {MONTH})", "billing_period": MONTH,
         "original_period": MONTH, "charge_class": "null", "adjustment_reason": "null"}  # fmt: skip
_BROKEN = {
    "break_type": one_of(("rejected_usage", "late_sector", "unknown_run"), pick(3, "break")),
    "subject": f"concat('subject-', {pick(40, 'subject')})",
    "detail": "'What to do about it stands here, in a sentence of the usual length for one.'",
    "break_key": "sha1(cast(id as string))",
}


def tables(scale: Scale) -> Tables:
    """The rows of every table by its name in dbt."""
    return {
        **_usage(scale),
        **_closes(scale),
        **_orders(scale),
        **_breaks(scale),
        **console_watch_marts.tables(scale),
    }


def _usage(scale: Scale) -> Tables:
    # Each line of an hour is the sum of three records.
    records = Rows(
        axes={"day_no": scale.days, "hour_no": 24, "workspace_no": scale.workspaces,
              "sku_no": scale.skus, "record_no": 3},
        columns={"record_key": "sha2(cast(id as string), 256)", "record_id": "cast(id as string)",
                 "record_type": "'ORIGINAL'", "usage_started_at": HOUR, "usage_ended_at": NEXT_HOUR,
                 "product_features": "map('is_serverless', 'false')"},
        share=0.4,
    )  # fmt: skip
    derived = Rows(
        axes={"day_no": scale.days, "cluster_no": scale.clusters},
        derived={"workspace_no": f"cluster_no % {scale.workspaces}"},
        columns={"is_within_tolerance": f"{pick(1000, 'differs')} > 2"},
    )
    regions = Rows(axes={"workspace_no": scale.workspaces}, columns={"region_count": "1"})
    return {
        "stg_platform__billing_usage": (records,),
        "stg_platform__billable_usage": (),
        "int_platform__workspace_regions": (regions,),
        "fct_derived_usage_daily": (derived,),
        "fct_billing_adjustments": (
            Rows(
                axes={"day_no": scale.days, "line_no": 20},
                derived={"workspace_no": f"{pick(scale.workspaces, 'w')}",
                         "sku_no": f"{pick(scale.skus, 's')}"},
                columns={"adjustment_period": f"'{NEWEST_DAY[:7]}'", "reason": "'late usage'",
                         "charge_class": "'Correction'"},
            ),
        ),
    }  # fmt: skip


def _closes(scale: Scale) -> Tables:
    sealed = max(1, scale.days - _OPEN_DAYS)
    old = {"day_no": f"back_no + {_OPEN_DAYS}"}
    months = {"day_no": f"{_OPEN_DAYS} + 28 * month_no"}
    lines = {"back_no": sealed, "hour_no": 24, "workspace_no": scale.workspaces,
             "sku_no": scale.skus}  # fmt: skip
    seals = Rows(axes={"month_no": 2}, derived=months, columns=_SEAL)
    events = Rows(
        axes={"month_no": 2, "event_no": 3},
        derived=months,
        columns={"billing_period": MONTH, "event": one_of(("soft_closed", "waived"), "event_no"),
                 "event_id": "cast(id as string)"},
    )  # fmt: skip
    orders = {"account_id": "'orders'"}
    revenue = Rows(
        axes={"back_no": sealed, "restaurant_no": _RESTAURANTS},
        derived=old,
        columns=_restaurant() | _SEAL | orders,
    )
    # A late order here and there.
    late = Rows(
        axes={"back_no": sealed, "late_no": 5},
        derived=old | {"restaurant_no": pick(_RESTAURANTS, "late")},
        columns=_restaurant() | {"adjustment_period": f"'{NEWEST_DAY[:7]}'",
                                 "reason": "'late_order'", "charge_class": "'Correction'"} | orders,
    )  # fmt: skip
    return {
        "period_seals": (seals,),
        "period_events": (events,),
        "sealed_usage": (Rows(axes=lines, derived=old, columns=_SEAL, share=0.4),),
        "revenue_seals": (Rows(axes={"month_no": 2}, derived=months, columns=_SEAL | orders),),
        "revenue_events": (events,),
        "sealed_revenue": (revenue,),
        "fct_revenue_adjustments": (late,),
    }


def _restaurant() -> dict[str, str]:
    # A line is the same wherever it stands: closed months have no difference.
    line = f"xxhash64({DAY}, restaurant_no)"
    return {
        "restaurant_id": "concat('restaurant-', restaurant_no)",
        "category": one_of(("pizza", "sushi", "burgers"), "restaurant_no"),
        "order_count": f"pmod({line}, 90) + 1",
        "quantity": f"pmod({line}, 300) + 1",
        "revenue": f"(pmod({line}, 90000) + 1) / 100",
    }


def _orders(scale: Scale) -> Tables:
    order = {"order_at": f"timestampadd(second, cast({pick(86400, 'at')} as int), {DAY})",
             "user_id": f"concat('user-', {pick(_CUSTOMERS, 'customer')})",
             "order_id": "concat('order-', id)", "record_key": "sha2(cast(id as string), 256)",
             "city": one_of(("Lisbon", "Porto", "Faro", "Braga"), pick(4, "city"))}  # fmt: skip
    reason = "named_struct('rule', 'amount', 'weight', 0.5, 'value', 90, 'limit_value', 50,"
    alerts = Rows(
        axes={"day_no": scale.days, "alert_no": 300},
        columns=order | {"severity": one_of(("high", "medium", "low"), pick(3, "severity")),
                         "reasons": f"array({reason} 'evidence', 'far beyond the usual'))"},
    )  # fmt: skip
    return {
        "ops_fraud_alerts": (alerts,),
        "fct_revenue_daily": (
            Rows(axes={"day_no": scale.days, "restaurant_no": _RESTAURANTS}, columns=_restaurant()),
        ),
        "int_orders__region_watermarks": (
            Rows(
                axes={"region_no": scale.regions},
                columns={"heard_through_at": f"timestamp'{NEWEST_DAY} 23:00:00'"},
            ),
        ),
    }


def _breaks(scale: Scale) -> Tables:
    broken = Rows(axes={"day_no": scale.days, "break_no": 37, "region_no": 1}, columns=_BROKEN)
    return {"fct_standing_breaks": (broken,)}
