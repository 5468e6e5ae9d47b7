import { events } from '../../../abi/RewardDistributor';
import { ActivityKind, HardwareClass } from '../../../model';
import { handler } from '../../handler';
import { classKey } from '../../ids';

/** A hardware class weighs differently in the emission; nodes follow at their next sync. */
export const classWeightSet = handler({
  contract: 'RewardDistributor',
  event: events.ClassWeightSet,
  load({ hardwareClass }, rows) {
    rows.classes.want(classKey(hardwareClass));
  },
  apply({ hardwareClass, weightBps }, at, rows) {
    const id = classKey(hardwareClass);
    const row = rows.classes.editOr(id, () => new HardwareClass({ id, number: hardwareClass }));
    row.weightBps = weightBps;
    row.block = at.block;
    row.timestamp = at.timestamp;
    rows.activity(ActivityKind.CLASS_WEIGHT_SET, at, {});
  },
});
