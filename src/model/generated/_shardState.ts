export enum ShardState {
    CLAIMED = "CLAIMED",
    SUBMITTED = "SUBMITTED",
    ACCEPTED = "ACCEPTED",
    EXPIRED = "EXPIRED",
}
