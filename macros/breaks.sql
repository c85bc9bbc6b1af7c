{#- What a break means and what to do about it, one sentence for each kind; the only place that says so. -#}
{% macro break_sentence(break_type) -%}
    {%- set sentences = {
        'unpriced_usage': 'No price is known for this SKU at the time of the usage: deliver its list price, or add it to the seed negotiated_prices',
        'unknown_unit': 'The SKU has a price, but not for this unit: check the unit with the provider, or add a price for it',
        'negative_net_usage': 'More was taken back than was used in the hour: find the original, or ask the provider for it',
        'unmatched_retraction': 'A retraction has no original of that usage and quantity: wait for it, or ask the provider',
        'restatement_before_original': 'A restatement came without the retraction or original that it replaces: wait for it, or ask the provider',
        'incomplete_sector': 'Not everything announced has arrived, so billing holds the hour back: deliver what is missing, or a corrected manifest',
        'held_back_sector': 'This region is complete and waits for another in the same hour: nothing to do here',
        'workspace_in_two_regions': 'Two regions deliver this workspace as theirs: correct the delivery of one',
        'price_gap': 'No price holds between two prices of this SKU: add the missing window',
        'price_overlap': 'Two prices of this SKU hold at the same time: end the earlier where the later starts',
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
