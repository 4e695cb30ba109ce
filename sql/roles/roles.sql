-- Roles of the warehouse, made once by an administrator of the database; running it again changes nothing.
-- Nobody logs in as one of them: GRANT them to people and programs. Who may read what follows with the next
-- `vm-pipeline upgrade` or `vm-pipeline run`, run by a member of vm_publisher.
--
--   vm_owner             owns schema and tables; acts for the publisher
--   vm_publisher         the pipeline: may act as the owner
--   vm_analyst           exact figures of every provider
--   vm_provider_analyst  exact figures of the providers named for it in vm_ops.member_provider
--   vm_reader            dimensions, batches, reconciliation, indicators without small numbers; every provider
--   vm_provider_reader   the same of the providers named for it
--   vm_auditor           batches, rejections by rule, reconciliation; what was published when
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['vm_owner', 'vm_publisher', 'vm_analyst', 'vm_provider_analyst', 'vm_reader',
                                'vm_provider_reader', 'vm_auditor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
    END LOOP;
END $$;

GRANT vm_owner TO vm_publisher;

CREATE SCHEMA IF NOT EXISTS vm;
CREATE SCHEMA IF NOT EXISTS vm_ops;
ALTER SCHEMA vm OWNER TO vm_owner;
ALTER SCHEMA vm_ops OWNER TO vm_owner;
REVOKE ALL ON SCHEMA vm, vm_ops FROM PUBLIC;
GRANT USAGE ON SCHEMA vm TO vm_analyst, vm_provider_analyst, vm_reader, vm_provider_reader, vm_auditor;

-- A warehouse that was published before there were roles changes its owner; its tables and functions stay the same.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT relkind, oid::regclass AS name FROM pg_class
               WHERE relnamespace IN ('vm'::regnamespace, 'vm_ops'::regnamespace) AND relkind IN ('r', 'p', 'v')
               ORDER BY relkind = 'v' LOOP
        EXECUTE format('ALTER %s %s OWNER TO vm_owner', CASE one.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, one.name);
    END LOOP;
    FOR one IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'vm'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO vm_owner', one.name);
    END LOOP;
END $$;
