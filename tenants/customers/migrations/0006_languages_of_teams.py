from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_managers")]
    operations = [
        migrations.AddField(
            "team",
            "languages",
            models.JSONField(
                blank=True,
                default=list,
                help_text="New tickets in these languages come to this team, unless their topic or a rule names another. "
                "Nothing ticked: it gets what the policy gives it.",
                verbose_name="languages of its own",
            ),
        ),
    ]
