"""What finance systems call the columns of a ledger: the field's own terms, the surest first.

Belongs here: terms of each canonical column, as data; which kinds of texts it can hold.
Does not belong here: choosing a column (matching), what a canonical column is (feeds).

Names are compared without case, signs and plural; `*` at the end stands for whatever follows.
"""

from dataclasses import dataclass

LEDGER = "ledger"


@dataclass(frozen=True)
class Terms:
    """What a canonical column may be called and hold. `never`: terms that only look alike."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    never: tuple[str, ...] = ()


_CODES = ("code", "integer", "period", "text", "number")
_MONEY = ("money", "money, decimal comma", "integer", "number")

TERMS: dict[str, dict[str, Terms]] = {
    LEDGER: {
        "amount": Terms(
            (
                "amount",
                "amount gbp",
                "amount in sterling",
                "net amount",
                "transaction amount",
                "line amount",
                "value",
                "net value",
                "value gbp",
                "actual",
                "actual spend",
                "spend",
                "cost",
                "net",
                "total",
                "gbp",
                "amount*",
            ),
            _MONEY,
            ("budget", "vat", "tax", "quantity", "balance", "commitment", "cumulative"),
        ),
        "debit": Terms(("debit", "debit amount", "dr", "dr amount", "debits"), _MONEY),
        "credit": Terms(("credit", "credit amount", "cr", "cr amount", "credits"), _MONEY),
        "side": Terms(
            ("dr cr", "d c", "debit credit", "sign", "dr or cr", "debit or credit", "indicator"), ("text", "code")
        ),
        "posting_date": Terms(
            (
                "posting date",
                "date posted",
                "gl date",
                "effective date",
                "accounting date",
                "date paid",
                "payment date",
                "date of payment",
                "transaction date",
                "date",
                "posted",
                "invoice date",
                "document date",
            ),
            ("date", "serial date"),
            ("due", "created", "extract"),
        ),
        "cost_centre_code": Terms(
            (
                "cost centre code",
                "cost centre",
                "cost center",
                "cost centre no",
                "costcentre",
                "cc",
                "cost code",
                "budget code",
                "budget centre",
                "department code",
                "expense area",
                "expenses area",
                "cost centre name",
                "cost centre description",
                "department",
                "directorate",
                "service area",
                "service",
                "department family",
                "division",
            ),
            _CODES,
        ),
        "account_code": Terms(
            (
                "account code",
                "account",
                "account no",
                "subjective code",
                "subjective",
                "gl code",
                "gl account",
                "nominal code",
                "nominal",
                "natural account",
                "ledger code",
                "expense code",
                "expense type",
                "expenditure type",
                "detailed expense",
                "account name",
                "account description",
                "subjective description",
                "level account name",
                "category",
            ),
            _CODES,
            ("supplier", "bank"),
        ),
        "journal_id": Terms(
            (
                "journal id",
                "journal",
                "journal no",
                "journal number",
                "journal reference",
                "transaction number",
                "transaction no",
                "transaction id",
                "transaction reference",
                "transaction ref",
                "document number",
                "document no",
                "voucher",
                "voucher number",
                "invoice number",
                "invoice reference",
                "payment reference",
                "reference",
                "their reference",
                "our reference",
                "ref",
                "batch",
            ),
            _CODES,
        ),
        "line_no": Terms(
            ("line no", "line", "line number", "journal line", "line id", "distribution line", "seq"),
            ("integer", "period"),
        ),
        "financial_year": Terms(
            ("financial year", "fin year", "fy", "year", "fiscal year"), ("financial year", "integer")
        ),
        "period": Terms(
            ("period", "accounting period", "ledger period", "month no", "period no", "fin period"), ("period",)
        ),
        "provider_code": Terms(
            ("provider code", "provider", "trust code", "org code", "organisation code", "board code"), ("code", "text")
        ),
        "supplier_code": Terms(
            (
                "supplier code",
                "supplier no",
                "supplier number",
                "supplier id",
                "vendor code",
                "vendor no",
                "creditor no",
            ),
            ("code", "integer"),
        ),
        "wte": Terms(
            ("wte", "fte", "whole time equivalent", "contracted wte", "worked wte"), ("money", "number", "integer")
        ),
    }
}
