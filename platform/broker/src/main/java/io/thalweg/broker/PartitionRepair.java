package io.thalweg.broker;

import io.thalweg.broker.api.BrokerApi.RepairReport;
import io.thalweg.broker.api.BrokerApi.RepairRequest;
import io.thalweg.broker.partition.Partition;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives up, at an operator's word, what a damaged partition can no longer give, so that it takes appends again. */
final class PartitionRepair {

    private static final Logger LOGGER = LoggerFactory.getLogger(PartitionRepair.class);

    private PartitionRepair() {}

    /** Tells what would be given up, and gives it up if the request is confirmed. Blocks on disk. */
    static RepairReport repair(Partition partition, RepairRequest request, int replicas) throws IOException {
        PartitionLog log = partition.log();
        String damage = log.damage();
        if (damage == null) {
            throw new ThalwegException(
                    ErrorCode.INVALID_REQUEST,
                    "the partition is sound, and nothing of it need be given up: partition=" + partition.name());
        }
        if (replicas > 1) {
            throw new ThalwegException(
                    ErrorCode.POLICY_VIOLATION,
                    "other replicas may have what this one lost: partition=" + partition.name() + " replicas="
                            + replicas + "; let it be copied from them");
        }
        long start = log.logStartOffset();
        long end = log.logEndOffset();
        long to = request.truncateTo();
        if (to < start || to > end) {
            throw new ThalwegException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "cannot truncate: partition=" + partition.name() + " offset=" + to + " logStartOffset=" + start
                            + " logEndOffset=" + end + "; the damage: " + damage);
        }
        if (!request.confirmed()) {
            return report(partition, damage, start, end, to, false, damage);
        }
        log.truncateTo(to);
        String left = log.damage();
        LOGGER.atWarn()
                .addKeyValue("topic", partition.name().topic())
                .addKeyValue("partition", partition.name().partition())
                .addKeyValue("offset", log.logEndOffset())
                .addKeyValue("logEndOffsetBefore", end)
                .addKeyValue("damage", damage)
                .addKeyValue("damageLeft", left)
                .log("an operator gave up acknowledged records: the log was truncated");
        return report(partition, damage, start, end, log.logEndOffset(), true, left);
    }

    private static RepairReport report(
            Partition partition, String damage, long start, long end, long to, boolean applied, @Nullable String left) {
        return new RepairReport(partition.name(), damage, start, end, to, applied, left);
    }
}
