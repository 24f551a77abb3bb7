-- The versions of a chain, each with its place, whom it is about and its record: those that came in order, those that were joined later, and with
-- what a person decided about those held.
CREATE OR REPLACE FUNCTION collection_versions(p_chain text)
RETURNS TABLE (submission_id bigint, number integer, subject_kind text, subject_id bigint, record_id bigint, happened_at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT s.id, v.number, coalesce(nullif(h.subject_kind, ''), s.subject_kind), coalesce(h.subject_id, v.subject_id), coalesce(h.record_id, v.record_id), s.happened_at
    FROM (SELECT a.id, a.number, a.subject_id, a.record_id FROM collection_submission a WHERE a.instance_id = p_chain AND a.number = 1
          UNION ALL
          SELECT b.id, b.number, b.subject_id, b.record_id FROM collection_submission b WHERE b.chain = p_chain AND b.number > 1
          UNION ALL
          SELECT j.submission_id, j.number, j.subject_id, j.record_id FROM collection_joined j WHERE j.chain = p_chain) v
    JOIN collection_submission s ON s.id = v.id
    LEFT JOIN LATERAL (SELECT w.subject_kind, w.subject_id, w.record_id FROM collection_held w
                        WHERE w.submission_id = v.id AND w.record_id IS NOT NULL ORDER BY w.id DESC LIMIT 1) h ON true
$$;

-- The door of what devices send: one submission, one round trip. docs/openrosa.md, "The hot path".
--
-- `outcome`: new (201) · held (202) · edited (201, the caller adds the version to `record`) · known (202, nothing done) · conflict (409, kept
-- aside) · token, form (403, 404) · stale (the caller's version is not what it thinks: read it anew) · waited (corrections wait for this one:
-- call again with p_joining, inside a transaction, and join them). Nothing is written on the last four.
--
-- p_again: a submission already here that is judged anew, when its parent has come (at p_joined). p_said NULL = the form answers nothing; p_own = about
-- the sender. p_roles hold ledger.file_record, p_fillers collection.fill. The house's zone decides whether a correction is for another day.
CREATE OR REPLACE FUNCTION collection_receive(
  p_token bigint, p_user bigint, p_person bigint, p_name text, p_roles text[], p_fillers text[], p_zone text,
  p_version bigint, p_test boolean, p_instance text, p_deprecates text, p_digest bytea, p_size integer, p_xml bytea, p_answers jsonb, p_sealed bytea,
  p_kind text, p_said text, p_own boolean, p_wrong text[],
  p_uuid uuid, p_facts jsonb, p_stated text[], p_facts_sealed bytea, p_lines jsonb, p_lines_stated text[],
  p_happened timestamptz, p_received timestamptz, p_doubtful boolean, p_source text, p_device text,
  p_joining boolean, p_again bigint, p_joined timestamptz,
  OUT outcome text, OUT submission bigint, OUT reason text, OUT filed bigint
) LANGUAGE plpgsql AS $$
DECLARE
  one record; parent record; root record; made record; root_record bigint; reach_places bigint[]; reach_units bigint[]; held boolean;
  in_chain text := p_instance; place_in_chain integer := 1; subject bigint; done timestamptz := CASE WHEN p_doubtful THEN p_received ELSE p_happened END;
  is_personal boolean := false; may_fill boolean := false;
BEGIN
  -- Whoever corrects something holds it first, then itself: always the parent before the child, so that nobody waits in a circle.
  IF p_deprecates <> '' THEN
    held := pg_advisory_xact_lock(hashtextextended(p_deprecates, 4)) IS NULL;
  END IF;
  held := pg_advisory_xact_lock(hashtextextended(p_instance, 4)) IS NULL;

  -- All that can be known at once, after the lock: a statement costs as much to set up as to run.
  SELECT f.id AS form_id, f.state, f.operation_id, v.published_at, t.id AS token_id, t.kind, t.form_id AS only_form, t.operation_id AS only_operation,
         t.person_id AS only_person, t.revoked_at, t.expires_at, o.id AS old_id, o.digest AS old_digest, w.id AS waiting_id INTO one
    FROM collection_formversion v JOIN collection_form f ON f.id = v.form_id
    LEFT JOIN collection_token t ON t.id = p_token
    LEFT JOIN collection_submission o ON o.instance_id = p_instance
    LEFT JOIN LATERAL (SELECT x.id FROM collection_submission x WHERE x.deprecates = p_instance AND x.number = 0 LIMIT 1) w ON true
   WHERE v.id = p_version;
  IF NOT FOUND OR (one.state = 'draft' OR one.published_at IS NULL) <> p_test THEN
    outcome := 'stale';
    RETURN;
  END IF;
  IF p_token IS NOT NULL THEN
    IF one.token_id IS NULL OR (p_again IS NULL AND (one.revoked_at IS NOT NULL OR one.expires_at <= p_received)) THEN
      outcome := 'token';
      RETURN;
    ELSIF one.only_form <> one.form_id OR one.only_operation <> one.operation_id THEN
      outcome := 'form';
      RETURN;
    END IF;
    is_personal := one.kind = 'personal';
    may_fill := one.only_form IS NOT NULL OR (one.only_operation IS NOT NULL AND p_user IS NULL);
  END IF;
  IF p_again IS NULL THEN
    IF one.old_id IS NOT NULL THEN
      submission := one.old_id;
      IF one.old_digest = p_digest THEN
        outcome := 'known';
        RETURN;
      END IF;
      outcome := 'conflict';
    ELSIF one.waiting_id IS NOT NULL AND NOT p_joining THEN
      outcome := 'waited';
      RETURN;
    END IF;
  END IF;

  IF p_user IS NOT NULL AND NOT p_test THEN
    SELECT r.places, r.units INTO reach_places, reach_units FROM registry_reach_at(p_user, p_roles, one.operation_id, done) r;
  END IF;

  IF outcome IS NULL AND p_deprecates <> '' THEN
    SELECT s.id, s.form_id, coalesce(j.chain, s.chain) AS chain, coalesce(j.number, s.number) AS number INTO parent
      FROM collection_submission s LEFT JOIN collection_joined j ON j.submission_id = s.id WHERE s.instance_id = p_deprecates;
    IF NOT FOUND OR parent.form_id <> one.form_id OR (parent.number = 0 AND parent.chain = p_deprecates) THEN
      reason := 'parent_unknown';
      place_in_chain := 0;
    ELSIF parent.number = 0
       OR EXISTS (SELECT FROM collection_submission s WHERE s.chain = parent.chain AND s.number > parent.number AND s.number > 1)
       OR EXISTS (SELECT FROM collection_joined j WHERE j.chain = parent.chain AND j.number > parent.number) THEN
      reason := 'not_current';
      in_chain := parent.chain;
      place_in_chain := 0;
    ELSE
      in_chain := parent.chain;
      place_in_chain := parent.number + 1;
      SELECT v.record_id, v.subject_kind, v.subject_id, v.happened_at INTO root FROM collection_versions(in_chain) v
       WHERE v.record_id IS NOT NULL ORDER BY v.number DESC LIMIT 1;
      root_record := root.record_id;
    END IF;
  END IF;
  IF outcome IS NOT NULL THEN
    reason := outcome;
  ELSIF reason IS NULL AND one.state IN ('closed', 'retired') THEN
    reason := 'closed';
  ELSIF reason IS NULL AND cardinality(p_wrong) > 0 THEN
    reason := 'value';
  END IF;

  IF p_test OR outcome IS NOT NULL THEN
    NULL;
  ELSIF p_said IS NULL THEN
    IF NOT may_fill AND p_user IS NOT NULL THEN
      SELECT r.places IS NOT NULL INTO may_fill FROM registry_reach_at(p_user, p_fillers, one.operation_id, done) r;
    END IF;
    IF reason IS NULL AND NOT may_fill THEN
      reason := 'sender';
    END IF;
  ELSE
    subject := CASE WHEN p_own THEN p_person ELSE registry_subject(p_kind, p_said) END;
    IF is_personal THEN
      IF p_kind <> 'person' OR subject <> one.only_person THEN
        subject := NULL;
      END IF;
    ELSIF subject IS NOT NULL AND (cardinality(reach_places) = 1 AND reach_places[1] IS NULL AND reach_units[1] IS NULL) IS NOT TRUE THEN
      IF NOT (ledger_may_file(p_kind, subject, one.operation_id, p_person, reach_places, reach_units, done)
              OR coalesce(registry_lies_in(p_kind, subject, reach_places, reach_units), false)) THEN
        subject := NULL;
      END IF;
    END IF;
    IF subject IS NULL AND reason IS NULL THEN
      reason := 'subject';
    END IF;
    IF reason IS NULL AND root_record IS NOT NULL THEN
      IF root.subject_kind = p_kind AND root.subject_id = subject
         AND (root.happened_at AT TIME ZONE p_zone)::date = (p_happened AT TIME ZONE p_zone)::date THEN
        filed := root_record;
        outcome := 'edited';
      ELSE
        reason := 'changed';
      END IF;
    ELSIF reason IS NULL THEN
      made := ledger_file(
        p_uuid, p_kind, subject, p_facts, p_stated, p_facts_sealed, p_lines, p_lines_stated, p_happened, p_received, done, p_doubtful,
        p_user, p_person, p_name, p_source, p_device);
      filed := made.record_id;
    END IF;
  END IF;

  IF p_again IS NOT NULL THEN
    submission := p_again;
    IF place_in_chain > 0 THEN
      INSERT INTO collection_joined (submission_id, chain, number, subject_id, record_id, joined_at)
      VALUES (p_again, in_chain, place_in_chain, subject, filed, p_joined);
    END IF;
  ELSIF submission IS NULL THEN
    INSERT INTO collection_submission (instance_id, chain, number, deprecates, version_id, form_id, digest, size, xml, answers, sealed, subject_kind,
        subject_id, record_id, is_held, is_test, happened_at, received_at, is_doubtful, token_id, user_id, person_id, sender_name, source, device)
    VALUES (p_instance, in_chain, place_in_chain, p_deprecates, p_version, one.form_id, p_digest, p_size, p_xml, p_answers, p_sealed, p_kind,
        subject, filed, reason IS NOT NULL, p_test, p_happened, p_received, p_doubtful, p_token, p_user, p_person, p_name, p_source, p_device)
    RETURNING id INTO submission;
  END IF;
  IF reason IS NOT NULL THEN
    INSERT INTO collection_held (submission_id, instance_id, form_id, operation_id, reason, detail, digest, xml, file_name, place_id, unit_id, person_id,
        sender_name, device, held_at, outcome, subject_kind, actor_name, why)
    VALUES (submission, p_instance, one.form_id, one.operation_id, reason,
        CASE reason WHEN 'subject' THEN jsonb_build_object('kind', p_kind, 'said', p_said) WHEN 'value' THEN jsonb_build_object('paths', to_jsonb(p_wrong))
             WHEN 'parent_unknown' THEN jsonb_build_object('corrects', p_deprecates) WHEN 'not_current' THEN jsonb_build_object('corrects', p_deprecates)
             WHEN 'changed' THEN jsonb_build_object('corrects', p_deprecates, 'said', p_said) ELSE '{}' END,
        p_digest, CASE WHEN reason = 'conflict' THEN p_xml END, '', coalesce(reach_places[1], registry_home(p_person)), reach_units[1], p_person,
        p_name, p_device, p_received, '', '', '', '')
    ON CONFLICT ON CONSTRAINT collection_held_once DO NOTHING;
  END IF;
  outcome := coalesce(outcome, CASE WHEN reason IS NULL THEN 'new' ELSE 'held' END);
END $$;
