package io.thalweg.cluster.hazelcast;

import io.thalweg.cluster.Member;
import io.thalweg.cluster.Membership;
import io.thalweg.cluster.MembershipListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The members by broker id, and what changed since they were seen before. Stands still while membership is made anew, so that
 * members that leave and come back on the way are no event. Thread-safe; listeners are told in the order of the changes.
 */
final class MembershipView implements Membership {

    private final Member local;
    private final List<Registered> listeners = new ArrayList<>();
    private volatile List<Member> members;
    private boolean standing;

    private record Registered(Executor executor, MembershipListener listener) {

        void tell(Consumer<MembershipListener> event) {
            executor.execute(() -> event.accept(listener));
        }
    }

    MembershipView(Member local) {
        this.local = local;
        this.members = List.of(local);
    }

    @Override
    public Member local() {
        return local;
    }

    @Override
    public List<Member> members() {
        return members;
    }

    @Override
    public synchronized void listen(Executor executor, MembershipListener listener) {
        Registered added = new Registered(executor, listener);
        for (Member member : members) {
            if (member.brokerId() != local.brokerId()) {
                added.tell(told -> told.onJoined(member));
            }
        }
        listeners.add(added);
    }

    /**
     * @param seen all members there are, the oldest first; of several with one broker id the first counts. Asked here, so that of
     *     two changes the later one is shown last
     */
    synchronized void update(Supplier<List<Member>> seen) {
        if (!standing) {
            apply(seen.get());
        }
    }

    /** From now on the view stands still. */
    synchronized void stand(String reason) {
        if (!standing) {
            standing = true;
            tell(listener -> listener.onRejoining(reason));
        }
    }

    /** The view follows again, from this on. */
    synchronized void follow(Supplier<List<Member>> seen) {
        apply(seen.get());
        if (standing) {
            standing = false;
            tell(MembershipListener::onRejoined);
        }
    }

    private void apply(List<Member> seen) {
        Map<Integer, Member> before = byBroker(members);
        Map<Integer, Member> after = byBroker(seen);
        // Whatever a broken view says, this node is here, and is the one that is here.
        after.put(local.brokerId(), local);
        members = List.copyOf(after.values());
        for (Member member : before.values()) {
            Member now = after.get(member.brokerId());
            if (now == null || !now.equals(member)) {
                tell(listener -> listener.onLeft(member));
            }
        }
        for (Member member : after.values()) {
            if (!member.equals(before.get(member.brokerId()))) {
                tell(listener -> listener.onJoined(member));
            }
        }
    }

    private void tell(Consumer<MembershipListener> event) {
        for (Registered registered : listeners) {
            registered.tell(event);
        }
    }

    private static Map<Integer, Member> byBroker(List<Member> members) {
        Map<Integer, Member> byBroker = new LinkedHashMap<>();
        for (Member member : members) {
            byBroker.putIfAbsent(member.brokerId(), member);
        }
        return byBroker;
    }
}
