import { useQuery } from "@tanstack/react-query";
import { Card } from "@/components/Card";
import { formatCount, formatPercent } from "@/lib/format";
import { acceptanceQuery } from "../api";
import { acceptedShare } from "../lib/curve";
import classes from "./RoundsPage.module.css";

/** What people did with each model's predictions. */
export function AcceptanceCard({ projectId }: { readonly projectId: string }) {
  const query = useQuery(acceptanceQuery(projectId));
  const rows = query.data?.results ?? [];
  if (rows.length === 0) return null;
  return (
    <Card title="Predictions taken" hint="Accepted as they were, corrected, rejected.">
      <table className={classes["acceptance"]}>
        <thead>
          <tr>
            <th>Model</th>
            <th>Accepted</th>
            <th>Edited</th>
            <th>Rejected</th>
            <th>Taken</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const share = acceptedShare(row);
            return (
              <tr key={row.model.id}>
                <td>{row.model.number}</td>
                <td>{formatCount(row.accepted)}</td>
                <td>{formatCount(row.edited)}</td>
                <td>{formatCount(row.rejected)}</td>
                <td>{share === null ? "–" : formatPercent(share)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Card>
  );
}
