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
  rows: ({ hardwareClass }, names, at) => ({
    hardwareClass: names.classes.ref(classKey(hardwareClass)),
    change: names.classWeightChanges.new(at.id),
  }),
  apply({ hardwareClass: number, weightBps }, rows, at) {
    const hardwareClass = stamp(rows.hardwareClass.editOrCreate(at, { number, weightBps }), at);
    hardwareClass.weightBps = weightBps;
    rows.change.create(at, { hardwareClass, weightBps });
    return {};
  },
});
