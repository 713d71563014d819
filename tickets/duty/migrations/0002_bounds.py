"""Changes of duty lie in our times; what is uploaded for a company is one feed of a kind. What broke that is brought in line."""

import datetime

from django.db import migrations, models

# Of two feeds of uploads the older one stays, with the events of both; the window of an event that both had is staff's own.
JOINED = """
DELETE FROM duty_dutychange WHERE starts_at >= '2101-01-01Z' OR ends_at <= '2000-01-01Z';
UPDATE duty_dutychange
   SET starts_at = greatest(starts_at, '2000-01-01Z'), ends_at = least(ends_at, '2101-01-01Z')
 WHERE starts_at < '2000-01-01Z' OR ends_at > '2101-01-01Z';
DELETE FROM duty_feedevent later
 USING duty_feed mine, duty_feed older, duty_feedevent earlier
 WHERE later.feed_id = mine.id AND earlier.feed_id = older.id AND earlier.key = later.key
   AND mine.url = '' AND older.url = '' AND older.company_id = mine.company_id AND older.kind = mine.kind
   AND older.id < mine.id;
UPDATE duty_feedevent event
   SET feed_id = (SELECT min(id) FROM duty_feed WHERE url = '' AND company_id = mine.company_id AND kind = mine.kind)
  FROM duty_feed mine
 WHERE event.feed_id = mine.id AND mine.url = '';
DELETE FROM duty_feed mine
 USING duty_feed older
 WHERE mine.url = '' AND older.url = '' AND older.company_id = mine.company_id AND older.kind = mine.kind
   AND older.id < mine.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("duty", "0001_duty"),
    ]

    operations = [
        migrations.RunSQL(JOINED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="dutychange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__lt", datetime.datetime(2101, 1, 2, 0, 0, tzinfo=datetime.UTC)),
                    ("starts_at__gte", datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.UTC)),
                ),
                name="duty_change_of_our_times",
            ),
        ),
        migrations.AddConstraint(
            model_name="feed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("url", "")), fields=("company", "kind"), name="one_feed_for_uploads"
            ),
        ),
    ]
