package io.thalweg.broker.partition;

import io.thalweg.broker.storage.Deliveries;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The waiters of one partition. Any thread; locked for a few instructions, and not at all while nobody waits. */
final class WaiterList {

    /** A waiter's place in one list, which takes it out in constant time. */
    static final class Registration {
        private final WaiterList list;
        private final Waiter waiter;
        private @Nullable Registration previous;
        private @Nullable Registration next;
        private boolean linked = true;

        private Registration(WaiterList list, Waiter waiter) {
            this.list = list;
            this.waiter = waiter;
        }

        void remove() {
            synchronized (list) {
                list.unlink(this);
            }
        }
    }

    private @Nullable Registration first;
    private volatile boolean empty = true;

    synchronized Registration add(Waiter waiter) {
        Registration registration = new Registration(this, waiter);
        registration.next = first;
        if (first != null) {
            first.previous = registration;
        }
        first = registration;
        empty = false;
        return registration;
    }

    /** Takes out every waiter that {@code enough} says yes to, and adds it to the deliveries. */
    void wake(Predicate<Waiter> enough, Deliveries deliveries) {
        // A waiter registers, which writes this volatile field, before it looks at the log once more.
        if (empty) {
            return;
        }
        synchronized (this) {
            Registration at = first;
            while (at != null) {
                Registration next = at.next;
                if (enough.test(at.waiter)) {
                    unlink(at);
                    deliveries.add(at.waiter);
                }
                at = next;
            }
        }
    }

    private void unlink(Registration registration) {
        if (!registration.linked) {
            return;
        }
        registration.linked = false;
        if (registration.previous != null) {
            registration.previous.next = registration.next;
        } else {
            first = registration.next;
        }
        if (registration.next != null) {
            registration.next.previous = registration.previous;
        }
        registration.previous = null;
        registration.next = null;
        empty = first == null;
    }
}
