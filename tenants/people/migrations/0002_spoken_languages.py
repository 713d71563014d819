from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [
        migrations.AddField(
            "user",
            "spoken_languages",
            models.JSONField(blank=True, default=list, verbose_name="other languages spoken"),
        ),
    ]
