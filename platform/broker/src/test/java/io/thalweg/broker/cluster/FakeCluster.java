package io.thalweg.broker.cluster;

import io.thalweg.cluster.Member;
import io.thalweg.cluster.Membership;
import io.thalweg.cluster.MembershipListener;
import io.thalweg.cluster.Ownership;
import io.thalweg.cluster.OwnershipListener;
import io.thalweg.cluster.OwnershipMap;
import io.thalweg.cluster.PartitionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Membership and ownership of brokers in one process, by memory: who is told of at once, who leads by the greatest epoch. */
public final class FakeCluster {

    private final Map<Integer, Member> members = new LinkedHashMap<>();
    private final List<Listening> listening = new ArrayList<>();
    private final List<OwnershipListening> ownershipListening = new ArrayList<>();
    private final Map<PartitionId, Map<Integer, Ownership>> said = new HashMap<>();

    private record Listening(int broker, Executor executor, MembershipListener listener) {}

    private record OwnershipListening(int broker, Executor executor, OwnershipListener listener) {}

    public synchronized void join(Member member) {
        leave(member.brokerId());
        members.put(member.brokerId(), member);
        for (Listening one : List.copyOf(listening)) {
            if (one.broker != member.brokerId()) {
                one.executor.execute(() -> one.listener.onJoined(member));
            }
        }
    }

    public synchronized void leave(int broker) {
        Member gone = members.remove(broker);
        listening.removeIf(one -> one.broker == broker);
        ownershipListening.removeIf(one -> one.broker == broker);
        if (gone != null) {
            listening.forEach(one -> one.executor.execute(() -> one.listener.onLeft(gone)));
        }
    }

    /** A broker's membership is made anew, which changes nothing for the others. */
    public synchronized void rejoin(int broker) {
        beginRejoin(broker);
        endRejoin(broker);
    }

    public synchronized void beginRejoin(int broker) {
        tell(broker, listener -> listener.onRejoining("a test says so"));
    }

    public synchronized void endRejoin(int broker) {
        tell(broker, MembershipListener::onRejoined);
    }

    private void tell(int broker, Consumer<MembershipListener> event) {
        for (Listening one : List.copyOf(listening)) {
            if (one.broker == broker) {
                one.executor.execute(() -> event.accept(one.listener));
            }
        }
    }

    public Membership membership(int broker) {
        return new Membership() {
            @Override
            public Member local() {
                synchronized (FakeCluster.this) {
                    return members.get(broker);
                }
            }

            @Override
            public List<Member> members() {
                synchronized (FakeCluster.this) {
                    return List.copyOf(members.values());
                }
            }

            @Override
            public void listen(Executor executor, MembershipListener listener) {
                synchronized (FakeCluster.this) {
                    listening.add(new Listening(broker, executor, listener));
                    for (Member member : members.values()) {
                        if (member.brokerId() != broker) {
                            executor.execute(() -> listener.onJoined(member));
                        }
                    }
                }
            }
        };
    }

    public OwnershipMap ownership(int broker) {
        return new OwnershipMap() {
            @Override
            public void publish(Collection<Ownership> own) {
                synchronized (FakeCluster.this) {
                    own.forEach(entry -> said.computeIfAbsent(entry.partition(), id -> new HashMap<>())
                            .put(broker, entry));
                    tell(own, List.of());
                }
            }

            @Override
            public void withdraw(Collection<PartitionId> partitions) {
                synchronized (FakeCluster.this) {
                    partitions.forEach(id -> said.getOrDefault(id, Map.of()).remove(broker));
                    tell(List.of(), List.copyOf(partitions));
                }
            }

            @Override
            public @Nullable Ownership ownership(PartitionId partition) {
                synchronized (FakeCluster.this) {
                    return greatest(partition);
                }
            }

            @Override
            public Map<PartitionId, Ownership> ownerships() {
                synchronized (FakeCluster.this) {
                    Map<PartitionId, Ownership> all = new ConcurrentHashMap<>();
                    said.keySet().forEach(id -> {
                        Ownership entry = greatest(id);
                        if (entry != null) {
                            all.put(id, entry);
                        }
                    });
                    return all;
                }
            }

            @Override
            public void listen(Executor executor, OwnershipListener listener) {
                synchronized (FakeCluster.this) {
                    ownershipListening.add(new OwnershipListening(broker, executor, listener));
                }
            }
        };
    }

    private @Nullable Ownership greatest(PartitionId id) {
        Ownership greatest = null;
        for (Ownership entry : said.getOrDefault(id, Map.of()).values()) {
            if (greatest == null || entry.leaderEpoch() > greatest.leaderEpoch()) {
                greatest = entry;
            }
        }
        return greatest;
    }

    private void tell(Collection<Ownership> changed, Collection<PartitionId> gone) {
        ownershipListening.forEach(one -> one.executor.execute(() -> one.listener.onOwnership(changed, gone)));
    }
}
