export enum ScoreOutcome {
    NONE = "NONE",
    PASS = "PASS",
    FAIL = "FAIL",
}
