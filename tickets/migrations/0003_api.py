"""Scopes of API keys (those that exist keep what they could do), answers kept by idempotency key, counters of requests."""

from django.db import migrations, models

SO_FAR = [
    "tickets:read", "tickets:write", "people:read", "policy:read", "windows:read", "windows:write",
]


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0002_doors'),
    ]

    operations = [
        migrations.CreateModel(
            name='Allowance',
            fields=[
                ('key', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('used', models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.RunSQL("ALTER TABLE tickets_allowance SET UNLOGGED", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('fingerprint', models.CharField(max_length=64)),
                ('at', models.DateTimeField(db_index=True)),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('headers', models.JSONField(default=dict)),
                ('body', models.TextField(blank=True)),
            ],
        ),
        migrations.AddField(
            model_name='apikey',
            name='scopes',
            field=models.JSONField(
                default=SO_FAR, verbose_name='may be used for', help_text='Give it no more than what uses it needs.'
            ),
        ),
        migrations.AlterField(
            model_name='apikey',
            name='scopes',
            field=models.JSONField(
                default=list, verbose_name='may be used for', help_text='Give it no more than what uses it needs.'
            ),
        ),
    ]
