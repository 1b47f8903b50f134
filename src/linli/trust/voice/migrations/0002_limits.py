"""A rating is given once and stays; what follows a bad one has a plan, a proof and an end."""

from django.db import migrations, models

VOICE_RATING_STAYS = """
CREATE FUNCTION voice_rating_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a rating stays as it was given' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER voice_rating_stays BEFORE UPDATE OR DELETE ON voice_rating FOR EACH ROW EXECUTE FUNCTION voice_rating_stays();
"""

VOICE_RECTIFICATIONFLIP_STAYS = """
CREATE FUNCTION voice_rectificationflip_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a flip is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER voice_rectificationflip_stays BEFORE UPDATE OR DELETE ON voice_rectificationflip FOR EACH ROW EXECUTE FUNCTION voice_rectificationflip_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('voice', '0001_initial'),
    ]

    operations = [
        # Whoever waits for this waits seconds, not minutes: it is tried again when the table is quieter.
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='rectification',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('opened_at'))), name='rectify_due'),
        ),
        migrations.AddConstraint(
            model_name='rectification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state', 'accepted')), models.Q(models.Q(('state', 'accepted'), _negated=True), ('ended_at', None)), _connector='OR'), name='rectify_ended'),
        ),
        migrations.AddConstraint(
            model_name='rectification',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'opened'), models.Q(('plan', ''), _negated=True), _connector='OR'), name='rectify_has_plan'),
        ),
        migrations.AddConstraint(
            model_name='rectification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['shown', 'accepted', 'false']), _negated=True), models.Q(('proof', ''), _negated=True), _connector='OR'), name='rectify_has_proof'),
        ),
        migrations.RunSQL(VOICE_RATING_STAYS, "DROP FUNCTION voice_rating_stays CASCADE"),
        migrations.RunSQL(VOICE_RECTIFICATIONFLIP_STAYS, "DROP FUNCTION voice_rectificationflip_stays CASCADE"),
    ]
