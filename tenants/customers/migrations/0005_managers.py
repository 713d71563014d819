
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_register_of_purchases'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='is_manager',
            field=models.BooleanField(default=False, verbose_name='manager'),
        ),
    ]
