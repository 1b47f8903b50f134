import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(unique=True)),
                ('root', models.BinaryField()),
                ('note', models.TextField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Tile',
            fields=[
                ('pk', models.CompositePrimaryKey('level', 'index', blank=True, editable=False, primary_key=True, serialize=False)),
                ('level', models.SmallIntegerField()),
                ('index', models.BigIntegerField()),
                ('hashes', models.BinaryField()),
                ('entries', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None)),
                ('first_entry', models.BigIntegerField(null=True)),
                ('last_entry', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Waiting',
            fields=[
                ('entry_id', models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('place_code', models.CharField(db_collation='C', max_length=24)),
                ('ref', models.CharField(db_collation='C', max_length=80, null=True)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('payload', models.TextField()),
                ('salt', models.BinaryField()),
                ('commitment', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ref__isnull', False)), fields=['ref'], name='entry_ref')],
            },
        ),
    ]
