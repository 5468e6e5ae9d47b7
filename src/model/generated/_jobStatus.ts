export enum JobStatus {
    OPEN = "OPEN",
    COMPLETED = "COMPLETED",
    CANCELLED = "CANCELLED",
}
