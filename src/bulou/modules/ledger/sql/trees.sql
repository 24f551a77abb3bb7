-- Figures along a tree, as it stood when each window fell due (or stands, while it has not): every node's own and its total, in one answer.

CREATE FUNCTION ledger_tree(
  by_unit boolean, wins bigint[], regimes bigint[], duties_from timestamptz, duties_to timestamptz, at timestamptz, past boolean,
  root bigint, unlimited boolean, places bigint[], units bigint[]
) RETURNS TABLE (
  node bigint, parent bigint, is_own boolean,
  on_time bigint, late bigint, missing bigint, pending bigint, excused bigint, done_late bigint, due_so_far bigint
) LANGUAGE sql STABLE AS $$
WITH counted AS (
  SELECT c.place_id, c.unit_id, k.due, k.n_expected, k.n_on_time, k.n_late, k.n_done_late, k.n_excused, k.n_waiting, k.n_not_due
    FROM ledger_counts_now(wins, at) k JOIN ledger_cell c ON c.id = k.cell_id WHERE NOT past
  UNION ALL
  SELECT c.place_id, c.unit_id, w.due, k.n_expected, k.n_on_time, k.n_late, k.n_done_late, k.n_excused, k.n_waiting, k.n_not_due
    FROM ledger_window w CROSS JOIN LATERAL ledger_counts_at(w.id, at) k JOIN ledger_cell c ON c.id = k.cell_id WHERE past AND w.id = ANY (wins)
  UNION ALL
  SELECT c.place_id, c.unit_id, d.due, (NOT d.is_excused)::int, (NOT d.is_excused AND d.is_done AND NOT d.is_late)::int,
         (NOT d.is_excused AND d.is_late)::int, (NOT d.is_excused AND d.is_done_late)::int, d.is_excused::int,
         (NOT d.is_excused AND NOT d.is_done AND d.due_now > d.due AND d.due_now >= at)::int, (NOT d.is_excused AND d.due_now > d.due AND d.due_now >= at)::int
    FROM ledger_duty d JOIN ledger_cell c ON c.id = d.cell_id AND c.regime_id = ANY (regimes)
   WHERE NOT past AND d.is_owed AND d.opens >= duties_from AND d.opens < duties_to AND d.opens <= at
  UNION ALL
  SELECT c.place_id, c.unit_id, d.due, (NOT d.is_excused)::int, (NOT d.is_excused AND d.is_done AND NOT d.is_late)::int,
         (NOT d.is_excused AND d.is_late)::int, (NOT d.is_excused AND d.is_done_late)::int, d.is_excused::int,
         (NOT d.is_excused AND NOT d.is_done AND d.due_now > d.due AND d.due_now >= at)::int, (NOT d.is_excused AND d.due_now > d.due AND d.due_now >= at)::int
    FROM ledger_states('{}', '{}', ARRAY(
           SELECT d.id FROM ledger_duty d JOIN ledger_enrolment e ON e.id = d.enrolment_id AND e.regime_id = ANY (regimes)
            WHERE past AND d.opens >= duties_from AND d.opens < duties_to AND d.opens <= at), at) d
    JOIN ledger_cell c ON c.id = d.cell_id WHERE past
), seen AS (
  SELECT CASE WHEN by_unit THEN coalesce(u.lineage, ARRAY[NULL]::bigint[]) ELSE p.lineage END AS lineage,
         CASE WHEN unlimited THEN CASE WHEN by_unit THEN 1 ELSE coalesce(array_position(p.lineage, root), 1) END
              ELSE (
                SELECT min(coalesce(CASE WHEN by_unit THEN array_position(u.lineage, k.unit) ELSE array_position(p.lineage, k.place) END, 1))
                  FROM unnest(places, units) AS k (place, unit)
                 WHERE (k.place IS NULL OR k.place = ANY (p.lineage)) AND (k.unit IS NULL OR k.unit = ANY (u.lineage))
              ) END AS top,
         x.n_expected, x.n_on_time, x.n_late, x.n_done_late, x.n_excused,
         CASE WHEN at <= x.due THEN x.n_expected - x.n_on_time - x.n_late ELSE x.n_waiting END AS n_pending,
         CASE WHEN at <= x.due THEN 0 ELSE x.n_expected - x.n_not_due END AS n_due
    FROM counted x
    JOIN ledger_path p ON p.kind = 'place' AND p.node_id = x.place_id AND p.since <= least(at, x.due) AND p.until > least(at, x.due)
    LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = x.unit_id AND u.since <= least(at, x.due) AND u.until > least(at, x.due)
), leaves AS (
  SELECT lineage, top, sum(n_expected) AS expected, sum(n_on_time) AS on_time, sum(n_late) AS late, sum(n_done_late) AS done_late,
         sum(n_excused) AS excused, sum(n_pending) AS pending, sum(n_due) AS due
    FROM seen WHERE top IS NOT NULL GROUP BY 1, 2
)
SELECT n.node, CASE WHEN n.depth > l.top THEN l.lineage[n.depth - 1] END, n.depth = cardinality(l.lineage),
       sum(l.on_time)::bigint, sum(l.late)::bigint, sum(l.expected - l.on_time - l.late - l.pending)::bigint, sum(l.pending)::bigint,
       sum(l.excused)::bigint, sum(l.done_late)::bigint, sum(l.due)::bigint
  FROM leaves l CROSS JOIN LATERAL unnest(l.lineage) WITH ORDINALITY AS n (node, depth)
 WHERE n.depth >= l.top AND l.expected + l.excused > 0
 GROUP BY 1, 2, 3
$$;
