import { Card } from "@/components/Card";
import { ROLES } from "../lib";
import classes from "./MembersPage.module.css";

/** What each role means, in a sentence. */
export function RoleTable() {
  return (
    <Card title="Roles">
      <dl className={classes["roles"]}>
        {ROLES.map((role) => (
          <div key={role.value}>
            <dt>{role.label}</dt>
            <dd>{role.text}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
