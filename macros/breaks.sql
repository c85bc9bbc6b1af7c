{#- What a break means and what to do about it, one sentence for each kind; the only place that says so. -#}
{% macro break_sentence(break_type) -%}
    {%- set sentences = {
        'unpriced_usage': 'No price is known for this SKU at the time of the usage: deliver its list price, or add it to the seed negotiated_prices',
        'unknown_unit': 'The SKU has a price, but not for this unit: check the unit with the provider, or add a price for it',
        'negative_net_usage': 'More was taken back than was used in the hour: find the original, or ask the provider for it',
        'unmatched_retraction': 'A retraction has no original of that usage and quantity: wait for it, or ask the provider',
        'restatement_before_original': 'A restatement came without the retraction or original that it replaces: wait for it, or ask the provider',
        'incomplete_sector': 'Not everything announced has arrived, so billing holds the hour back: deliver what is missing, or a corrected manifest',
        'held_back_sector': 'This region is complete and waits for another in the same hour: deliver that, or answer for both',
        'workspace_in_two_regions': 'Two regions deliver this workspace as theirs: let the next snapshot of the one that it does not belong to leave it out',
        'usage_delivered_twice': 'The usage of this workspace comes through billing_usage and billable_usage, and would be billed twice: deliver it through one of them',
        'rejected_usage': 'Lines of usage were rejected, so nobody is billed for them: lakeledger quarantine lists them. Have them judged again after a fix, or delivered anew and then dismissed',
        'region_not_heard': 'Orders of this region may still be on their way: wait until it is heard beyond the end of the month, or answer for it',
        'rejected_orders': 'Messages of orders were rejected, so they are in no revenue: lakeledger quarantine lists them. Have them judged again after a fix, or dismiss what is no order',
        'run_longer_than_30_days': 'A run lasts longer than 30 days, or its last slice never came: look whether it still runs and end it, or deliver its slices',
        'price_gap': 'No price holds between two prices of this SKU: add the missing window',
        'price_overlap': 'Two prices of this SKU hold at the same time: end the earlier where the later starts',
        'derived_usage_differs': 'The cluster was billed otherwise than its events lead to: check its rates in the seed node_type_dbu_rates, then its events of the day, and ask the provider about what remains',
        'invoice_line_differs': 'The invoice has another amount for this line: compare its quantity and price with ours, correct the price, or ask the provider for a corrected invoice',
        'invoice_line_missing': 'The invoice of the period lacks this line: add it to the seed invoice_lines if the invoice has it, or ask the provider',
        'invoice_line_unknown': 'The invoice has a line that no usage of the period leads to: look for usage that was not delivered, or for another spelling of SKU, cloud or unit in the seed invoice_lines',
        'invoice_currency_differs': 'The invoice is in another currency than the prices: set the variable billing_currency to it and build with --full-refresh, or correct the seed invoice_lines',
    } -%}
    case {{ break_type }}
    {%- for name, sentence in sentences.items() %}
                when '{{ name }}' then '{{ sentence }}'
    {%- endfor %}
            end
{%- endmacro %}


{#- ` (workspace 1, 2, 3 and 4 more)`: where a break was seen, as an aggregate. -#}
{% macro first_three(column, what) -%}
    concat(
            ' ({{ what }} ', array_join(slice(array_sort(collect_set({{ column }})), 1, 3), ', '),
            if(count(distinct {{ column }}) > 3, concat(' and ', count(distinct {{ column }}) - 3, ' more'), ''), ')'
        )
{%- endmacro %}
