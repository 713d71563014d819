
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ONLY_ADDED = """
CREATE FUNCTION agreements_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON agreements_answer
    FOR EACH ROW EXECUTE FUNCTION agreements_only_added();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON agreements_timeentry
    FOR EACH ROW EXECUTE FUNCTION agreements_only_added();
"""
ANY_CHANGE = """
DROP TRIGGER only_added ON agreements_timeentry;
DROP TRIGGER only_added ON agreements_answer;
DROP FUNCTION agreements_only_added();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0005_managers'),
        ('tickets', '0004_one_case_per_issue'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('meeting', 'Meeting'), ('training', 'Training')], default='meeting', max_length=10)),
                ('state', models.CharField(choices=[('requested', 'waits for a supervisor'), ('refused', 'refused'), ('quoted', 'needs an accepted quote'), ('agreed', 'agreed, to be scheduled'), ('scheduled', 'scheduled'), ('cancelled', 'cancelled')], default='requested', max_length=10)),
                ('agenda', models.TextField()),
                ('wished_at', models.DateTimeField()),
                ('minutes', models.PositiveIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('because', models.TextField(blank=True)),
                ('starts_at', models.DateTimeField(null=True)),
                ('place', models.CharField(blank=True, max_length=300)),
                ('uid', models.CharField(max_length=80, unique=True)),
                ('sequence', models.PositiveSmallIntegerField(default=0)),
                ('key', models.CharField(max_length=80, null=True, unique=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='tickets.ticket')),
            ],
        ),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('night_work', 'Work out of hours'), ('consulting', 'Consulting'), ('training', 'Training'), ('development', 'Development')], max_length=20)),
                ('state', models.CharField(choices=[('wanted', 'to be written'), ('sent', 'waits for the customer'), ('accepted', 'accepted'), ('declined', 'declined'), ('lapsed', 'lapsed'), ('withdrawn', 'withdrawn')], default='wanted', max_length=10)),
                ('wish', models.TextField(blank=True)),
                ('wanted_at', models.DateTimeField()),
                ('text', models.TextField(blank=True)),
                ('minutes', models.PositiveIntegerField(null=True)),
                ('rate', models.BigIntegerField(null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('valid_until', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('begun_at', models.DateTimeField(null=True)),
                ('paid_at', models.DateTimeField(null=True)),
                ('payment', models.CharField(blank=True, max_length=200)),
                ('begun_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='customers.company')),
                ('meeting', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='quotes', to='agreements.meeting')),
                ('paid_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotes', to='tickets.ticket')),
                ('wanted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('accepted', models.BooleanField()),
                ('name', models.CharField(max_length=200)),
                ('email', models.CharField(max_length=320)),
                ('way', models.CharField(max_length=10)),
                ('source', models.GenericIPAddressField(null=True)),
                ('at', models.DateTimeField()),
                ('because', models.TextField(blank=True)),
                ('text', models.TextField()),
                ('minutes', models.PositiveIntegerField()),
                ('rate', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('quote', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='agreements.quote')),
            ],
        ),
        migrations.CreateModel(
            name='QuoteReader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('quote', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readers', to='agreements.quote')),
            ],
        ),
        migrations.CreateModel(
            name='TimeEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('night_work', 'Work out of hours'), ('consulting', 'Consulting'), ('training', 'Training'), ('development', 'Development')], max_length=20)),
                ('minutes', models.IntegerField()),
                ('on', models.DateField()),
                ('note', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('key', models.CharField(max_length=80, null=True, unique=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='time_entries', to='customers.company')),
                ('corrects', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='agreements.timeentry')),
                ('quote', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='time_entries', to='agreements.quote')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='time_entries', to='tickets.ticket')),
            ],
        ),
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(verbose_name='last day')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contracts', to='customers.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'contract',
                'verbose_name_plural': 'contracts',
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='a_contract_ends_after_its_start')],
            },
        ),
        migrations.CreateModel(
            name='DeveloperAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('because', models.TextField()),
                ('state', models.CharField(choices=[('asked', 'waits for the account manager'), ('approved', 'sees the ticket'), ('refused', 'refused'), ('ended', 'ended')], default='asked', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='developers', to='tickets.ticket')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'approved'])), fields=('ticket', 'person'), name='one_access_per_ticket_and_developer')],
            },
        ),
        migrations.AddIndex(
            model_name='meeting',
            index=models.Index(fields=['state', 'wished_at'], name='meetings_by_state'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(condition=models.Q(('state', 'sent')), fields=['valid_until'], name='quotes_to_lapse'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['company', '-id'], name='quotes_of_company'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['wanted', 'sent'])), fields=('ticket', 'kind'), name='one_open_quote_per_ticket_and_kind'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['wanted', 'withdrawn']), models.Q(('minutes__gt', 0), ('rate__gte', 0), ('sent_at__isnull', False), ('valid_until__isnull', False)), _connector='OR'), name='a_sent_quote_has_a_price_and_an_end'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('paid_at__isnull', True), ('state', 'accepted'), _connector='OR'), name='only_an_accepted_quote_is_paid'),
        ),
        migrations.AddConstraint(
            model_name='quotereader',
            constraint=models.UniqueConstraint(fields=('quote', 'person'), name='one_link_per_quote_and_reader'),
        ),
        migrations.AddIndex(
            model_name='timeentry',
            index=models.Index(fields=['company', 'kind', 'on'], name='time_by_company'),
        ),
        migrations.AddConstraint(
            model_name='timeentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrects__isnull', True), ('minutes__gt', 0)), models.Q(('corrects__isnull', False), ('minutes__lt', 0)), _connector='OR'), name='only_a_correction_is_negative'),
        ),
        migrations.RunSQL(ONLY_ADDED, ANY_CHANGE),
    ]
