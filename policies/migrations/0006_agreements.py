
import datetime
import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('policies', '0005_emergencies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80, unique=True, verbose_name='key')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
                ('kind', models.CharField(max_length=20, verbose_name='kind of work')),
                ('hours', models.DurationField(verbose_name='hours')),
                ('per', models.CharField(default='month', max_length=20, verbose_name='for each')),
                ('plans', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None, verbose_name='plans')),
                ('note', models.TextField(blank=True, verbose_name='note')),
            ],
            options={
                'verbose_name': 'hour budget',
                'verbose_name_plural': 'hour budgets',
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='general',
            name='currency',
            field=models.CharField(blank=True, max_length=3, verbose_name='currency'),
        ),
        migrations.AddField(
            model_name='general',
            name='meeting_lead',
            field=models.DurationField(blank=True, null=True, verbose_name='a meeting is asked for at least ahead by'),
        ),
        migrations.AddField(
            model_name='general',
            name='meeting_topic',
            field=models.CharField(blank=True, max_length=80, verbose_name='topic that asks for a meeting'),
        ),
        migrations.AddField(
            model_name='general',
            name='monthly_report',
            field=models.BooleanField(default=False, verbose_name="send companies' managers a monthly report"),
        ),
        migrations.AddField(
            model_name='general',
            name='night_rate',
            field=models.BigIntegerField(default=0, verbose_name='hour of work out of hours'),
        ),
        migrations.AddField(
            model_name='general',
            name='quote_valid',
            field=models.DurationField(default=datetime.timedelta(days=3), verbose_name='a quote is valid for'),
        ),
        migrations.AddField(
            model_name='general',
            name='training_topic',
            field=models.CharField(blank=True, max_length=80, verbose_name='topic that asks for a training'),
        ),
        migrations.AddField(
            model_name='general',
            name='work_rate',
            field=models.BigIntegerField(default=0, verbose_name='hour of consulting, training, development'),
        ),
        migrations.AddField(
            model_name='plan',
            name='any_number',
            field=models.BooleanField(default=False, verbose_name='may call any number'),
        ),
        migrations.AddField(
            model_name='plan',
            name='calls_to_manager',
            field=models.BooleanField(default=False, verbose_name='calls go to the account manager'),
        ),
        migrations.AddField(
            model_name='plan',
            name='developers',
            field=models.BooleanField(default=False, verbose_name='has dedicated developers'),
        ),
        migrations.AddField(
            model_name='plan',
            name='meetings',
            field=models.BooleanField(default=True, verbose_name='meetings are included'),
        ),
    ]
