package io.thalweg.cluster.hazelcast;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.thalweg.cluster.Ownership;
import io.thalweg.cluster.OwnershipListener;
import io.thalweg.cluster.OwnershipMap;
import io.thalweg.cluster.PartitionId;
import io.thalweg.environment.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ownership view over a Hazelcast map of {@link OwnershipChunk}s. Thread-safe: the lock is held for work in memory alone.
 * {@link #send} and {@link #readAll} are for the cluster's own thread.
 */
final class SharedOwnership
        implements OwnershipMap, EntryAddedListener<Long, OwnershipChunk>, EntryUpdatedListener<Long, OwnershipChunk> {

    private static final Logger LOGGER = LoggerFactory.getLogger(HazelcastCluster.class);

    static final String MAP = "thalweg.ownership";

    /** What is not said again for so long is forgotten; also the map's own time to live. */
    static final int AGE_SECONDS_MAX = 60;

    private static final int CHUNKS_IN_FLIGHT_MAX = 8;

    private final int broker;
    private final int incarnation;
    private final Clock clock;
    private final Runnable onDirty;
    private final OwnershipView view = new OwnershipView();
    private final List<Registered> listeners = new ArrayList<>();

    /** What this node says, by chunk. */
    private final List<Map<PartitionId, Ownership>> own = new ArrayList<>();

    /** When a chunk was last not empty: an empty one is said again until nobody can have the full one any more. */
    private final long[] filledNanos = new long[OwnershipChunk.CHUNKS];

    private final BitSet everFilled = new BitSet();
    private final BitSet dirty = new BitSet();
    private long version;
    private int inFlight;
    private long failures;
    private @Nullable IMap<Long, OwnershipChunk> map;

    private record Registered(Executor executor, OwnershipListener listener) {}

    /** @param onDirty told that there is something to send soon; does not block */
    SharedOwnership(int broker, int incarnation, Clock clock, Runnable onDirty) {
        this.broker = broker;
        this.incarnation = incarnation;
        this.clock = clock;
        this.onDirty = onDirty;
        for (int i = 0; i < OwnershipChunk.CHUNKS; i++) {
            own.add(new HashMap<>());
        }
    }

    // ---- port

    @Override
    public void publish(Collection<Ownership> published) {
        boolean send;
        synchronized (this) {
            BitSet touched = new BitSet();
            BitSet routing = new BitSet();
            for (Ownership entry : published) {
                int index = OwnershipChunk.indexOf(entry.partition());
                Map<PartitionId, Ownership> chunk = own.get(index);
                if (chunk.size() >= OwnershipChunk.ENTRIES_MAX && !chunk.containsKey(entry.partition())) {
                    throw new IllegalArgumentException("too many partitions are led here: chunk=" + index + " at most "
                            + OwnershipChunk.ENTRIES_MAX);
                }
                Ownership before = chunk.put(entry.partition(), entry);
                touched.set(index);
                if (before == null || !before.routesLike(entry)) {
                    routing.set(index);
                }
            }
            everFilled.or(touched);
            send = changed(touched, routing);
        }
        if (send) {
            onDirty.run();
        }
    }

    @Override
    public void withdraw(Collection<PartitionId> partitions) {
        boolean send;
        synchronized (this) {
            BitSet touched = new BitSet();
            for (PartitionId partition : partitions) {
                int index = OwnershipChunk.indexOf(partition);
                if (own.get(index).remove(partition) != null) {
                    touched.set(index);
                }
            }
            send = changed(touched, touched);
        }
        if (send) {
            onDirty.run();
        }
    }

    @Override
    public @Nullable Ownership ownership(PartitionId partition) {
        return view.shown().get(partition);
    }

    @Override
    public Map<PartitionId, Ownership> ownerships() {
        return view.shown();
    }

    @Override
    public synchronized void listen(Executor executor, OwnershipListener listener) {
        listeners.add(new Registered(executor, listener));
    }

    // ---- Hazelcast

    /** Uses this instance from now on, if it is still the one by then. Blocks. */
    void attach(HazelcastInstance instance, BooleanSupplier current) {
        IMap<Long, OwnershipChunk> attached = instance.getMap(MAP);
        attached.addEntryListener(this, true);
        synchronized (this) {
            if (!current.getAsBoolean()) {
                return;
            }
            map = attached;
            inFlight = 0;
            dirty.or(everFilled);
        }
    }

    /** Sends nothing until the next {@link #attach}. */
    synchronized void detach() {
        map = null;
    }

    /** Reads what others said before this node was there. Blocks. */
    void readAll() {
        IMap<Long, OwnershipChunk> attached;
        synchronized (this) {
            attached = map;
        }
        if (attached != null) {
            for (Long key : attached.keySet()) {
                OwnershipChunk chunk = attached.get(key);
                if (chunk != null) {
                    hear(chunk);
                }
            }
        }
    }

    @Override
    public void entryAdded(EntryEvent<Long, OwnershipChunk> event) {
        onEvent(event);
    }

    @Override
    public void entryUpdated(EntryEvent<Long, OwnershipChunk> event) {
        onEvent(event);
    }

    /** Marks everything to be sent again, and forgets what nobody says any more. */
    void newRound(IntPredicate here) {
        synchronized (this) {
            long now = clock.monotonicNanos();
            for (int index = everFilled.nextSetBit(0); index >= 0; index = everFilled.nextSetBit(index + 1)) {
                if (!own.get(index).isEmpty()) {
                    filledNanos[index] = now;
                } else if (now - filledNanos[index] > TimeUnit.SECONDS.toNanos(AGE_SECONDS_MAX)) {
                    everFilled.clear(index);
                }
            }
            dirty.or(everFilled);
            tell(view.forget(here, now, TimeUnit.SECONDS.toNanos(AGE_SECONDS_MAX)));
        }
        onDirty.run();
    }

    /** Sends some of what changed; the rest follows when that has arrived. */
    void send() {
        while (true) {
            OwnershipChunk chunk;
            IMap<Long, OwnershipChunk> attached;
            synchronized (this) {
                attached = map;
                int index = dirty.nextSetBit(0);
                if (attached == null || index < 0 || inFlight >= CHUNKS_IN_FLIGHT_MAX) {
                    return;
                }
                dirty.clear(index);
                inFlight++;
                chunk = chunk(index);
            }
            send(attached, chunk);
        }
    }

    private void send(IMap<Long, OwnershipChunk> attached, OwnershipChunk chunk) {
        try {
            attached.setAsync(chunk.key(), chunk, AGE_SECONDS_MAX, TimeUnit.SECONDS)
                    // Here, or where there is one processor Hazelcast begins a thread for it.
                    .whenCompleteAsync((done, failure) -> onSent(attached, failure), Runnable::run);
        } catch (HazelcastException | IllegalStateException gone) {
            onSent(attached, gone);
        }
    }

    private void onSent(IMap<Long, OwnershipChunk> attached, @Nullable Throwable failure) {
        boolean more;
        synchronized (this) {
            if (map != attached) {
                return;
            }
            inFlight--;
            if (failure != null) {
                // The next round sends it again; trying at once would not help what is broken.
                if (failures++ == 0) {
                    LOGGER.atWarn()
                            .addKeyValue("error", failure.toString())
                            .log("ownership not published; tried again with the next round");
                }
                return;
            }
            failures = 0;
            more = !dirty.isEmpty();
        }
        if (more) {
            onDirty.run();
        }
    }

    private void onEvent(EntryEvent<Long, OwnershipChunk> event) {
        try {
            OwnershipChunk chunk = event.getValue();
            if (chunk != null) {
                hear(chunk);
            }
        } catch (HazelcastSerializationException malformed) {
            LOGGER.atWarn()
                    .addKeyValue("error", malformed.toString())
                    .log("an ownership entry cannot be read; is a broker of another version?");
        }
    }

    private synchronized void hear(OwnershipChunk chunk) {
        if (chunk.broker() != broker) {
            tell(view.hear(chunk, clock.monotonicNanos()));
        }
    }

    /** @return whether there is something to send soon */
    private boolean changed(BitSet touched, BitSet routing) {
        long now = clock.monotonicNanos();
        for (int index = touched.nextSetBit(0); index >= 0; index = touched.nextSetBit(index + 1)) {
            filledNanos[index] = now;
            tell(view.hear(chunk(index), now));
        }
        dirty.or(routing);
        return !routing.isEmpty();
    }

    private OwnershipChunk chunk(int index) {
        return new OwnershipChunk(
                broker, incarnation, ++version, index, own.get(index).values());
    }

    private void tell(OwnershipView.Changes changes) {
        if (!changes.isEmpty()) {
            for (Registered registered : listeners) {
                registered
                        .executor()
                        .execute(() -> registered.listener().onOwnership(changes.changed(), changes.gone()));
            }
        }
    }
}
