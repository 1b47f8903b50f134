"""Whether an edition tells figures of streets or communities; editions of before do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("papers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="edition", name="tells_small", field=models.BooleanField(db_default=True, default=True)
        ),
    ]
