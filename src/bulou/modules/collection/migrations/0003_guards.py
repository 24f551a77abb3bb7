"""What a phone sent is never changed: submissions and attachments take INSERT only, are sealed, and only the forgetting role empties them."""

from django.db import migrations

from bulou.platform.journal import guards


class Migration(migrations.Migration):
    dependencies = [("collection", "0002_seen"), ("journal", "0001_initial")]

    operations = [
        *guards.append_only("collection_submission", forgets=("xml", "answers", "sealed")),
        *guards.sealable("collection_submission"),
        *guards.append_only("collection_attachment", forgets=("sealed",)),
        *guards.sealable("collection_attachment"),
        *guards.may_forget("collection_held", columns=("xml", "detail", "why")),
    ]
