/** What there is of our cluster: nothing; what it knows and its volumes, as after a restart of the machine; all of it. */
export type Presence = "none" | "stopped" | "running";
