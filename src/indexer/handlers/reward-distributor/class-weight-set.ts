import { events } from '../../../abi/RewardDistributor';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { classKey } from '../../ids';
import { stamp } from '../../store/table';

/** A hardware class weighs differently in the emission; nodes follow at their next sync. */
export const classWeightSet = handler({
  contract: 'RewardDistributor',
  event: events.ClassWeightSet,
  activity: ActivityKind.CLASS_WEIGHT_SET,
  rows: ({ hardwareClass }, names) => ({ hardwareClass: names.classes.ref(classKey(hardwareClass)) }),
  apply({ hardwareClass: number, weightBps }, rows, at) {
    stamp(rows.hardwareClass.editOrCreate(at, { number, weightBps }), at).weightBps = weightBps;
    return {};
  },
});
