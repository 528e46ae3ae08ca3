package io.thalweg.coordination.runtime;

/**
 * One step of a shard. It either throws a {@link io.thalweg.log.error.ThalwegException} before it has changed anything,
 * or leaves its effects in the turn. The answer may be given in this turn or kept for a later one.
 */
@FunctionalInterface
public interface ShardOperation<S extends CoordinatorShard, T> {
    void run(S shard, Reply<T> reply, Turn turn);
}
