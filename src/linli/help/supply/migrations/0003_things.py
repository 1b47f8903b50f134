"""Things that are lent unit by unit, who shares them, when they are out of use, and their bookings."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('supply', '0002_limits'),
    ]

    operations = [
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=12, unique=True)),
                ('kind', models.CharField(max_length=20)),
                ('borrower', models.UUIDField()),
                ('place_code', models.CharField(db_collation='C', max_length=24)),
                ('entered_by', models.UUIDField(null=True)),
                ('channel', models.CharField(max_length=8)),
                ('group', models.CharField(default='', max_length=20)),
                ('urgent', models.BooleanField(default=False)),
                ('begins_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('state', models.CharField(max_length=12)),
                ('walk_metres', models.IntegerField(null=True)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('offer_until', models.DateTimeField(null=True)),
                ('declined', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('answer_by', models.DateTimeField()),
                ('risen_at', models.DateTimeField(null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('handed_out_at', models.DateTimeField(null=True)),
                ('returned_at', models.DateTimeField(null=True)),
                ('condition', models.CharField(default='', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Alliance',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('place_code', models.CharField(db_collation='C', max_length=24)),
                ('agreement', models.CharField(max_length=200)),
                ('formed_at', models.DateTimeField()),
                ('formed_by', models.UUIDField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['place_code'], name='alliance_place')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('agreement', ''), _negated=True)), name='alliance_agreed')],
            },
        ),
        migrations.CreateModel(
            name='BookingFlip',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old', models.CharField(max_length=12)),
                ('new', models.CharField(max_length=12)),
                ('event', models.CharField(max_length=12)),
                ('unit', models.UUIDField(null=True)),
                ('reason', models.CharField(default='', max_length=300)),
                ('actor_ref', models.CharField(max_length=60)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flips', to='supply.booking')),
            ],
        ),
        migrations.CreateModel(
            name='Thing',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=60)),
                ('place_code', models.CharField(db_collation='C', max_length=24)),
                ('lat_micro', models.IntegerField(null=True)),
                ('lon_micro', models.IntegerField(null=True)),
                ('hours', models.JSONField(default=list)),
                ('minutes_max', models.PositiveIntegerField(null=True)),
                ('only_group', models.BooleanField(default=False)),
                ('certificate', models.CharField(default='', max_length=20)),
                ('ask_first', models.BooleanField(default=False)),
                ('shared', models.BooleanField(default=True)),
                ('note', models.CharField(default='', max_length=200)),
                ('synthetic', models.BooleanField(default=False)),
                ('entered_by', models.UUIDField(null=True)),
                ('entered_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['place_code', 'kind'], name='thing_place')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['wheelchair', 'walker', 'oxygen', 'care_bed', 'bed', 'toolbox', 'farm_tool', 'room', 'meeting_room', 'kitchen', 'van'])), name='thing_kind'), models.CheckConstraint(condition=models.Q(('certificate__in', ['', 'care', 'first_aid', 'electrician', 'teacher'])), name='thing_certificate'), models.CheckConstraint(condition=models.Q(('minutes_max', None), ('minutes_max__range', (1, 527040)), _connector='OR'), name='thing_minutes'), models.CheckConstraint(condition=models.Q(('place_code__regex', '^\\d{12,24}$'), models.Q(('name', ''), _negated=True)), name='thing_where'), models.CheckConstraint(condition=models.Q(models.Q(('lat_micro', None), ('lon_micro', None)), models.Q(('lat_micro__isnull', False), ('lat_micro__range', (-90000000, 90000000)), ('lon_micro__isnull', False), ('lon_micro__range', (-180000000, 180000000))), _connector='OR'), name='thing_point')],
            },
        ),
        migrations.CreateModel(
            name='Blackout',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('begins_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(max_length=200)),
                ('by_person', models.UUIDField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('thing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blackouts', to='supply.thing')),
            ],
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('thing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='supply.thing')),
            ],
        ),
        migrations.CreateModel(
            name='Taken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begins_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('blackout', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken', to='supply.blackout')),
                ('booking', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken', to='supply.booking')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taken', to='supply.unit')),
            ],
        ),
        migrations.AddField(
            model_name='booking',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='supply.unit'),
        ),
        migrations.AddField(
            model_name='blackout',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='blackouts', to='supply.unit'),
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('community_code', models.CharField(db_collation='C', max_length=12)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('alliance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='supply.alliance')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='member_span')],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('community_code', models.CharField(db_collation='C', max_length=12)),
                ('waiting', models.PositiveIntegerField()),
                ('units', models.PositiveIntegerField()),
                ('offered', models.PositiveIntegerField()),
                ('value', models.BigIntegerField()),
                ('bound', models.BigIntegerField()),
                ('milliseconds', models.PositiveIntegerField()),
                ('alliance', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='supply.alliance')),
            ],
            options={
                'indexes': [models.Index(fields=['community_code', '-at'], name='round_place')],
                'constraints': [models.CheckConstraint(condition=models.Q(('bound__gte', models.F('value'))), name='round_bound')],
            },
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.UniqueConstraint(fields=('thing', 'number'), name='unit_once'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('number__range', (1, 50))), name='unit_number'),
        ),
        migrations.AddConstraint(
            model_name='taken',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('blackout__isnull', False), ('booking', None)), models.Q(('blackout', None), ('booking__isnull', False)), _connector='OR'), name='taken_by_one'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['borrower', '-asked_at'], name='booking_borrower'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['place_code', 'state'], name='booking_place'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['unit', 'begins_at'], name='booking_unit'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['state', 'ends_at'], name='booking_due'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'offered', 'booked', 'handed_out', 'overdue', 'returned', 'cancelled', 'refused'])), name='booking_state'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['wheelchair', 'walker', 'oxygen', 'care_bed', 'bed', 'toolbox', 'farm_tool', 'room', 'meeting_room', 'kitchen', 'van'])), name='booking_kind'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('begins_at'))), name='booking_span'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['offered', 'booked', 'handed_out', 'overdue', 'returned']), _negated=True), ('unit__isnull', False), _connector='OR'), name='booking_has_unit'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'asked'), _negated=True), ('unit', None), _connector='OR'), name='booking_waits'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['booked', 'handed_out', 'overdue', 'returned']), _negated=True), models.Q(('agreed_at__isnull', False), ('approved_at__isnull', False)), _connector='OR'), name='booking_both_said'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['handed_out', 'overdue', 'returned']), _negated=True), ('handed_out_at__isnull', False), _connector='OR'), name='booking_was_out'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('condition__in', ['good', 'worn', 'broken', 'lost']), ('returned_at__gte', models.F('handed_out_at')), ('state', 'returned')), models.Q(models.Q(('state', 'returned'), _negated=True), ('condition', ''), ('returned_at', None)), _connector='OR'), name='booking_came_back'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['returned', 'cancelled', 'refused'])), models.Q(models.Q(('state__in', ['returned', 'cancelled', 'refused']), _negated=True), ('ended_at', None)), _connector='OR'), name='booking_ended'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['handed_out', 'overdue'])), fields=('unit',), name='booking_one_out'),
        ),
        migrations.AddConstraint(
            model_name='blackout',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gt', models.F('begins_at')), _connector='OR'), name='blackout_span'),
        ),
        migrations.AddConstraint(
            model_name='blackout',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='blackout_reason'),
        ),
    ]
