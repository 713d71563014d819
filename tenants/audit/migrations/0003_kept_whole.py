"""Emptying the trail at once is refused like deleting an entry."""

from django.db import migrations

REFUSED = """
CREATE TRIGGER audit_refuse_emptying BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain")]
    operations = [migrations.RunSQL(REFUSED, "DROP TRIGGER audit_refuse_emptying ON audit_entry")]
