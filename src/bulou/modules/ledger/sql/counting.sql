-- The counts of windows, cell by cell, as of a past moment: one grouped scan of the discharges, and the odd ones judged one by one.

-- Enrolments of a window for which `as_of` may differ from now in more than the time of receipt.
CREATE FUNCTION ledger_odd_in(win bigint) RETURNS TABLE (enrolment_id bigint) LANGUAGE sql STABLE AS $$
  SELECT e.id FROM ledger_window w JOIN ledger_enrolment e ON e.regime_id = w.regime_id AND e.learned_at > w.opens WHERE w.id = win
  UNION
  SELECT e.id FROM ledger_window w JOIN ledger_excuse q ON q.since <= w.due AND q.until > w.due
    JOIN ledger_enrolment e ON e.id = q.enrolment_id AND e.regime_id = w.regime_id WHERE w.id = win
  UNION
  SELECT e.id FROM ledger_window w JOIN ledger_reviewstep s ON s.step IN ('upheld', 'returned', 'cleared')
    JOIN ledger_record r ON r.id = s.record_id AND r.done_at >= w.opens AND r.done_at < w.closes
    JOIN ledger_enrolment e ON e.regime_id = w.regime_id AND e.subject_kind = r.subject_kind AND e.subject_id = r.subject_id WHERE w.id = win
$$;

CREATE FUNCTION ledger_counts_at(win bigint, as_of timestamptz)
RETURNS TABLE (cell_id bigint, n_expected bigint, n_on_time bigint, n_late bigint, n_done_late bigint, n_excused bigint, n_waiting bigint, n_not_due bigint)
LANGUAGE sql STABLE AS $$
WITH w AS (
  SELECT * FROM ledger_window WHERE id = win AND opens <= as_of AND known_at <= as_of
), odd AS MATERIALIZED (
  SELECT o.enrolment_id FROM w, ledger_odd_in(w.id) o
), parts AS (
  SELECT t.cell_id, bit_count(t.owed) AS expected, 0::bigint AS on_time, 0::bigint AS late, 0::bigint AS done_late, 0::bigint AS excused,
         0::bigint AS waiting, 0::bigint AS not_due
    FROM w JOIN ledger_tally t ON t.window_id = w.id
  UNION ALL
  SELECT d.cell_id, 0, count(*) FILTER (WHERE NOT d.is_late), count(*) FILTER (WHERE d.is_late), count(*) FILTER (WHERE d.is_done_late), 0, 0, 0
    FROM w JOIN ledger_discharge d ON d.window_id = w.id WHERE d.received_at <= as_of GROUP BY d.cell_id
  UNION ALL
  SELECT t.cell_id, -count(*), 0, 0, 0, 0, 0, 0
    FROM w JOIN ledger_tally t ON t.window_id = w.id
    JOIN ledger_seat s ON s.cell_id = t.cell_id AND s.enrolment_id IN (SELECT enrolment_id FROM odd)
   WHERE s.ord < length(t.owed) AND get_bit(t.owed, s.ord) = 1 GROUP BY t.cell_id
  UNION ALL
  SELECT d.cell_id, 0, -count(*) FILTER (WHERE NOT d.is_late), -count(*) FILTER (WHERE d.is_late), -count(*) FILTER (WHERE d.is_done_late), 0, 0, 0
    FROM w JOIN ledger_discharge d ON d.window_id = w.id AND d.enrolment_id IN (SELECT enrolment_id FROM odd)
   WHERE d.received_at <= as_of GROUP BY d.cell_id
  UNION ALL
  SELECT s.cell_id, count(*) FILTER (WHERE NOT s.is_excused), count(*) FILTER (WHERE s.is_done AND NOT s.is_late AND NOT s.is_excused),
         count(*) FILTER (WHERE s.is_late AND NOT s.is_excused), count(*) FILTER (WHERE s.is_done_late AND NOT s.is_excused),
         count(*) FILTER (WHERE s.is_excused),
         count(*) FILTER (WHERE NOT s.is_done AND NOT s.is_excused AND s.due_now > s.due AND s.due_now >= as_of),
         count(*) FILTER (WHERE NOT s.is_excused AND s.due_now > s.due AND s.due_now >= as_of)
    FROM ledger_states(ARRAY[win], ARRAY(SELECT enrolment_id FROM odd), '{}', as_of) s GROUP BY s.cell_id
)
SELECT p.cell_id, sum(expected)::bigint, sum(on_time)::bigint, sum(late)::bigint, sum(done_late)::bigint, sum(excused)::bigint,
       sum(waiting)::bigint, sum(not_due)::bigint
  FROM parts p GROUP BY p.cell_id
$$;

-- The same now, from the tallies.
CREATE FUNCTION ledger_counts_now(wins bigint[], now timestamptz)
RETURNS TABLE (window_id bigint, due timestamptz, cell_id bigint, n_expected integer, n_on_time integer, n_late integer, n_done_late integer, n_excused integer,
  n_waiting bigint, n_not_due bigint)
LANGUAGE sql STABLE AS $$
SELECT w.id, w.due, t.cell_id, t.n_expected, t.n_on_time, t.n_late, t.n_done_late, t.n_excused, coalesce(x.waiting, 0), coalesce(x.not_due, 0)
  FROM ledger_window w JOIN ledger_tally t ON t.window_id = w.id
  LEFT JOIN (
    SELECT e.window_id, e.cell_id, count(*) FILTER (WHERE NOT e.is_done) AS waiting, count(*) AS not_due
      FROM ledger_extension e WHERE e.window_id = ANY (wins) AND NOT e.is_excused AND e.due >= now GROUP BY 1, 2
  ) x ON x.window_id = t.window_id AND x.cell_id = t.cell_id
 WHERE w.id = ANY (wins) AND w.opens <= now
$$;
