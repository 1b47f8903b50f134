"""What a model can not say: indexes over expressions, keys from generated columns, one index too many."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [
        # pg_trgm is no help here: it knows no Chinese letters in a cluster with the locale C, and has no
        # trigram for a name of two characters.
        migrations.RunSQL(
            sql=[
                # Django's twin of the key for LIKE: in the collation C the key itself serves.
                "DROP INDEX places_place_code_1c415a63_like",
                "CREATE INDEX place_characters ON places_place USING gin (string_to_array(name, NULL))",
                "CREATE INDEX place_point_community ON places_place USING gist (point(lon_udeg, lat_udeg)) WHERE level = 5 AND lat_udeg IS NOT NULL",
                "ALTER TABLE places_place ADD CONSTRAINT place_parent FOREIGN KEY (parent_code) REFERENCES places_place (code)",
                "ALTER TABLE places_place ADD CONSTRAINT place_merged_place FOREIGN KEY (merged_into) REFERENCES places_place (code)",
            ],
            reverse_sql=[
                "ALTER TABLE places_place DROP CONSTRAINT place_merged_place",
                "ALTER TABLE places_place DROP CONSTRAINT place_parent",
                "DROP INDEX place_point_community",
                "DROP INDEX place_characters",
                "CREATE INDEX places_place_code_1c415a63_like ON places_place (code varchar_pattern_ops)",
            ],
        ),
    ]
