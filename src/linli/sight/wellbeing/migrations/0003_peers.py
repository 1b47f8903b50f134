"""Each index keeps how it was pulled: how strongly, toward how many peers, and how alike they are."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wellbeing', '0002_limits'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name='indexrow',
            name='likeness',
            field=models.CharField(default='none', max_length=12),
        ),
        migrations.AddField(
            model_name='indexrow',
            name='peer_places',
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name='indexrow',
            name='prior',
            field=models.IntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='indexrow',
            constraint=models.CheckConstraint(condition=models.Q(('likeness__in', ['alike', 'size', 'region', 'district', 'none']), ('peer_places__gte', 0), ('prior__gte', 0), models.Q(models.Q(('likeness', 'none'), ('peer_places', 0)), models.Q(models.Q(('likeness', 'none'), _negated=True), ('peer_places__gt', 0)), _connector='OR')), name='index_peers'),
        ),
    ]
