"""Data quality: do the totals hold, what was rejected, how far has each feed come.

Belongs here: views of what was received. Does not belong here: what it says (star, wide).
"""

from vm_pipeline.warehouse.tables.columns import FLAG, TEXT, WHOLE
from vm_pipeline.warehouse.tables.dimensions import dim_provider
from vm_pipeline.warehouse.tables.received import batch, reconciliation, rejection
from vm_pipeline.warehouse.views.columns import all_but, every, own, provider_key, view

bi_reconciliation = view(
    "bi_reconciliation",
    "One row a provider, ledger period and batch in force: what was received against what the teams were given.",
    tuple(reconciliation.primary_key.columns.keys()),
    provider_key(),
    *every(dim_provider, "provider_name"),
    *all_but(reconciliation, "provider_code"),
    own("is_reconciled", FLAG, "Whether the difference is 0.00.", True),
)
bi_rejection = view(
    "bi_rejection",
    "One row a batch and rule that rejected rows of it.",
    tuple(rejection.primary_key.columns.keys()),
    provider_key(optional=True),
    *every(dim_provider, "provider_name"),
    *all_but(rejection, "provider_code"),
    *every(batch, "received_at"),
)
bi_freshness = view(
    "bi_freshness",
    "One row a feed and provider: how far it has come, and what of it counts.",
    ("source",),
    own("source", TEXT, "Feed and provider.", True),
    *every(batch, "feed"),
    provider_key(optional=True),
    *every(dim_provider, "provider_name"),
    own("last_period", TEXT, "Last month in force; empty for reference files."),
    own("last_received_at", batch.c.received_at.type, "When the last batch came, UTC.", True),
    own("batches_in_force", WHOLE, "Batches that count.", True),
    own("batches_refused", WHOLE, "Batches that were refused, ever.", True),
    own("rows_received", WHOLE, "Rows of the batches that count.", True),
    own("rows_accepted", WHOLE, "Of these, rows that passed every rule.", True),
    own("rows_rejected", WHOLE, "Of these, rows that failed one.", True),
)
