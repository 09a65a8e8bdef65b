"""What is written once: by grants for the service's role, by triggers for the tables' owner too.

A superuser can still take a trigger away. What shows that is outside of this database: checkpoints
that others have.
"""

TABLES = ("heard", "leaves", "tiles", "heads", "checkpoints", "findings", "outages")
REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'permission denied: this is written once';
END $$;
"""


def append_only(*tables: str) -> str:
    """SQL after `shared.runtime.migrate.grants`: from now on rows are added to these and stay."""
    return "\n".join(
        f"""
        REVOKE UPDATE, DELETE ON {each} FROM tirek_audit;
        CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {each}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """
        for each in tables
    )
