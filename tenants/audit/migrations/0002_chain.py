"""The chain, kept by the database: numbers without gaps, a digest over each entry and the one before, no change, no deletion;
and what the admin's own log says goes into the trail with it."""

from django.db import migrations

CHAIN = """
CREATE FUNCTION audit_digest(entry audit_entry) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        entry.previous, entry.id, extract(epoch FROM entry.at), entry.who, entry.person_id, entry.action, entry.subject,
        entry.detail, entry.source)::text, 'UTF8')), 'hex')
$$;

-- One writer at a time and tenant, until its commit: each sees the entry before its own.
CREATE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(TG_TABLE_SCHEMA), hashtext('audit_entry'));
    SELECT id, digest INTO before FROM audit_entry ORDER BY id DESC LIMIT 1;
    NEW.id := coalesce(before.id, 0) + 1;
    NEW.previous := coalesce(before.digest, '');
    NEW.digest := audit_digest(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_link BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_link();

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an entry of the audit trail is neither changed nor deleted';
END $$;
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_refuse();

CREATE FUNCTION audit_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_entry (at, who, person_id, action, subject, detail, source, previous, digest)
    SELECT NEW.action_time, coalesce((SELECT email FROM people_user WHERE id = NEW.user_id), ''), NEW.user_id,
           CASE NEW.action_flag WHEN 1 THEN 'added' WHEN 2 THEN 'changed' ELSE 'deleted' END,
           left(concat_ws(' ', t.app_label || '.' || t.model, NEW.object_id, NEW.object_repr), 300),
           jsonb_build_object('change', NEW.change_message), '', '', ''
    FROM (SELECT) AS one LEFT JOIN django_content_type t ON t.id = NEW.content_type_id;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_admin AFTER INSERT ON django_admin_log FOR EACH ROW EXECUTE FUNCTION audit_admin();
"""

UNCHAINED = """
DROP TRIGGER audit_admin ON django_admin_log;
DROP FUNCTION audit_admin();
DROP TRIGGER audit_refuse ON audit_entry;
DROP FUNCTION audit_refuse();
DROP TRIGGER audit_link ON audit_entry;
DROP FUNCTION audit_link();
DROP FUNCTION audit_digest(audit_entry);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("people", "0001_initial"),
    ]
    operations = [migrations.RunSQL(CHAIN, UNCHAINED)]
