package io.thalweg.replication.node;

import io.thalweg.log.LogId;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Message.FetchAnswer;
import io.thalweg.replication.Message.FetchRequest;
import io.thalweg.replication.Message.Outcome;
import io.thalweg.replication.Replica;
import io.thalweg.replication.node.Frame.Answer;
import io.thalweg.replication.node.Frame.Named;
import io.thalweg.replication.node.Frame.Request;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fetch session with one peer, as the leader has it: where each of the follower's logs ends, and what it must be told. A
 * partition that was sent records is sent no more until the follower names where it ends then; so what is under way is known,
 * and bounded.
 */
final class Serving {

    private static final Logger LOGGER = LoggerFactory.getLogger(Serving.class);
    private static final ByteBuffer NO_RECORDS = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /** Answers without records, that a connection is waited for with. */
    private static final int WAITING_ANSWERS_MAX = 10_000;

    private final int peer;
    private final Site site;
    private final CatchUpThrottle throttle;
    private final Function<LogId, @Nullable HostedReplica> replicas;

    private final Map<HostedReplica, Member> members = new HashMap<>();

    /** Records wait for them; each gets a share, then stands at the end. */
    private final Deque<Member> ready = new ArrayDeque<>();

    /** The same, but nobody waits for what they are sent: they come behind those that are waited for. */
    private final Deque<Member> patient = new ArrayDeque<>();

    /** They must be told a high watermark, or that they are trusted. */
    private final Set<Member> news = new LinkedHashSet<>();

    private long newsDueNanos;

    /** What goes with the next frame. */
    private final List<Answer> answers = new ArrayList<>();

    private boolean active;
    private long activeSinceNanos;
    private long session;
    private int incarnation;
    private int fetchesSeen;
    private int sequence;
    private long sentNanos;

    /** The follower has said something since it was last answered. */
    private boolean owesAnswer;

    private long heardNanos;
    private boolean everHeard;

    /** Bytes of records that are being read or sent, or were sent and are not named yet. */
    private long underwayBytes;

    /** Of these, of members that nobody waits for. */
    private long patientBytes;

    /** One follower's replica of one partition. */
    static final class Member {
        final HostedReplica replica;
        final Serving session;
        private FetchRequest request;
        private long highWatermarkTold;
        private boolean answerWanted;

        /** It was told that it is trusted again. */
        private boolean trustTold;

        /** The leader knows where it ends, and it has everything below; it waits for more. */
        private boolean waiting;

        private boolean asking;
        private boolean queued;
        private int underway;

        /** Nobody waits for what is under way. */
        private boolean unhurried;

        private Member(HostedReplica replica, Serving session, FetchRequest request) {
            this.replica = replica;
            this.session = session;
            this.request = request;
        }

        int follower() {
            return session.peer;
        }

        FetchRequest request() {
            return request;
        }
    }

    Serving(int peer, Site site, CatchUpThrottle throttle, Function<LogId, @Nullable HostedReplica> replicas) {
        this.peer = peer;
        this.site = site;
        this.throttle = throttle;
        this.replicas = replicas;
    }

    /** Whether the peer has said something in a session within so many milliseconds. */
    boolean heardWithin(long millis, long now) {
        return everHeard && now - heardNanos <= Site.nanos(millis);
    }

    /** How long the peer has been fetching here without a break. */
    long activeForNanos(long now) {
        return active ? now - activeSinceNanos : 0;
    }

    // ---- what the follower says

    /** Frames for the follower; null if the frame was taken, else what it must be told at once. */
    Frame.@Nullable SessionLost on(Frame.Fetch fetch) {
        if (!active || fetch.session() != session) {
            if (fetch.sequence() != 0) {
                return new Frame.SessionLost(fetch.session());
            }
            end();
            active = true;
            activeSinceNanos = site.now();
            session = fetch.session();
            fetchesSeen = 0;
            sequence = 0;
            sentNanos = site.now();
        }
        if (fetch.sequence() != fetchesSeen) {
            end();
            return new Frame.SessionLost(fetch.session());
        }
        fetchesSeen++;
        incarnation = fetch.incarnation();
        heardNanos = site.now();
        everHeard = true;
        owesAnswer = true;
        for (Named named : fetch.partitions()) {
            on(named);
        }
        site.turn().end();
        return null;
    }

    private void on(Named named) {
        HostedReplica hosted = replicas.apply(named.partition());
        Member known = hosted == null ? null : members.get(hosted);
        if (named.request() == null) {
            if (known != null) {
                remove(known);
            }
            if (hosted != null) {
                forget(hosted);
            }
        } else if (hosted == null || !hosted.isOpen()) {
            answers.add(new Answer(named.partition(), null, null, NO_RECORDS));
        } else {
            name(known, hosted, named, named.request());
        }
    }

    /** A log that may begin anew under the same name must prove anew what it holds. */
    private void forget(HostedReplica hosted) {
        hosted.tell(replica -> replica.forget(peer));
    }

    private void name(@Nullable Member known, HostedReplica hosted, Named named, Request says) {
        FetchRequest request = new FetchRequest(
                peer,
                says.epoch(),
                incarnation,
                new LogPosition(says.endEpoch(), says.endOffset()),
                says.durableEnd(),
                says.trusted());
        Member member = known;
        if (member == null) {
            member = new Member(hosted, this, request);
            members.put(hosted, member);
            hosted.members.add(member);
        }
        release(member);
        member.request = request;
        member.trustTold = false;
        member.highWatermarkTold = named.highWatermark();
        member.answerWanted |= named.answerWanted();
        ask(member);
    }

    /** Hands the follower's last fetch to the replica, which says what becomes of it. */
    void ask(Member member) {
        member.waiting = false;
        if (!member.asking) {
            member.asking = true;
            member.replica.tell(replica -> {
                member.asking = false;
                return isMember(member) ? replica.on(member.request) : List.of();
            });
        }
    }

    /** What the replica says to a fetch of this peer. */
    void answer(HostedReplica hosted, FetchAnswer answer) {
        Member member = members.get(hosted);
        if (member == null) {
            return;
        }
        switch (answer.outcome()) {
            case OK -> {
                member.waiting = true;
                if (hosted.leadership != null) {
                    hosted.leadership.named(peer, member.request, site.now());
                }
                if (member.answerWanted) {
                    // Records may follow, but the follower must hear at once that it is served.
                    say(member, answer, NO_RECORDS);
                }
                offer(member);
            }
            case NOT_LEADER -> {
                remove(member);
                say(member, answer, NO_RECORDS);
            }
            case DIVERGED, OUT_OF_RANGE -> say(member, answer, NO_RECORDS);
        }
    }

    private void say(Member member, FetchAnswer answer, ByteBuffer records) {
        member.answerWanted = false;
        member.trustTold |= answer.trusts();
        member.highWatermarkTold = Math.max(
                member.highWatermarkTold,
                Math.min(answer.highWatermark(), answer.position().offset()));
        answers.add(new Answer(
                member.replica.id(),
                answer,
                answer.outcome() == Outcome.OUT_OF_RANGE
                        ? member.replica.replica().committedVoters()
                        : null,
                records));
        site.turn().end();
    }

    // ---- what the leader has for it

    /** The leader's log or high watermark may have moved. */
    void offer(Member member) {
        if (!member.waiting || member.queued) {
            return;
        }
        HostedReplica hosted = member.replica;
        LogPosition end = member.request.end();
        if (hosted.store().end().offset() > end.offset()) {
            member.queued = true;
            ready.add(member);
            site.turn().end();
        } else if (hasNews(member) && news.add(member)) {
            if (news.size() == 1) {
                newsDueNanos = site.now() + Site.nanos(site.config().highWatermarkDelayMillis());
            }
            site.turn().end();
        }
    }

    private static boolean hasNews(Member member) {
        Replica replica = member.replica.replica();
        return Math.min(replica.highWatermark(), member.request.end().offset()) > member.highWatermarkTold
                || (!member.request.trusted() && !member.trustTold && replica.restoresTrust(member.follower()));
    }

    private boolean mayServe(Member member) {
        return isMember(member)
                && member.waiting
                && member.replica.isIdle()
                && member.replica.replica().leads();
    }

    private void readAll(long now) {
        while (hasRoom()) {
            Member member = ready.poll();
            if (member == null) {
                break;
            }
            member.queued = false;
            // One that is busy comes back when it settles.
            if (!mayServe(member)) {
                continue;
            }
            if (isHurried(member, now)) {
                read(member, true, room());
            } else {
                member.queued = true;
                patient.add(member);
            }
        }
        while (!patient.isEmpty() && hasRoom() && patientRoom(now) > 0) {
            Member member = patient.poll();
            member.queued = false;
            if (mayServe(member)) {
                boolean hurried = isHurried(member, now);
                read(member, hurried, hurried ? room() : patientRoom(now));
            }
        }
    }

    private boolean hasRoom() {
        return underwayBytes < site.config().peerBytesMax();
    }

    private int room() {
        return (int) Math.min(site.config().partitionBytesMax(), site.config().peerBytesMax() - underwayBytes);
    }

    /**
     * What is sent to those that nobody waits for stands before the others' records, on the way and in the follower's journal: so it
     * is as much as one partition may be sent, of all of them together, and the next only when that is in the follower's logs. A
     * follower, or a way to it, that has other things to do thus slows it down by itself.
     */
    private int patientRoom(long now) {
        long room = Math.min(room(), site.config().partitionBytesMax() - patientBytes);
        return (int) Math.min(room, throttle.available(now));
    }

    private boolean isHurried(Member member, long now) {
        Leadership leadership = member.replica.leadership;
        return leadership != null && leadership.isNeeded(peer, now);
    }

    @SuppressWarnings("ReferenceEquality") // An equal request that came later is another one.
    private void read(Member member, boolean hurried, int bytes) {
        HostedReplica hosted = member.replica;
        LogPosition from = member.request.end();
        if (from.offset() < hosted.store().start().offset()) {
            ask(member);
            return;
        }
        if (!hurried) {
            throttle.take(bytes);
        }
        Leadership leadership = hosted.leadership;
        FetchRequest request = member.request;
        member.waiting = false;
        member.unhurried = !hurried;
        underway(member, bytes);
        hosted.store().read(from.offset(), bytes).onComplete(read -> {
            if (!hurried) {
                throttle.take((read.succeeded() ? read.result().remaining() : 0) - bytes);
            }
            if (member.request != request || !isMember(member) || leadership != hosted.leadership) {
                // Named anew meanwhile, or not served any more.
                return;
            }
            release(member);
            if (read.failed()) {
                hosted.diskFailed(read.cause());
            } else if (hosted.isOpen() && hosted.replica().leads()) {
                send(member, read.result());
            }
        });
    }

    private void send(Member member, ByteBuffer records) {
        Replica replica = member.replica.replica();
        LogPosition asked = member.request.end();
        if (!records.hasRemaining()) {
            // Deleted meanwhile, or not there yet.
            if (asked.offset() < member.replica.store().start().offset()) {
                ask(member);
            } else {
                member.waiting = true;
            }
            return;
        }
        LogPosition end;
        try {
            end = Batches.endOf(records, asked, replica.epoch());
        } catch (MalformedFrame damaged) {
            LOGGER.atError()
                    .setMessage("records for a follower are damaged in this log; scrub it")
                    .addKeyValue("partition", member.replica.id())
                    .addKeyValue("offset", asked.offset())
                    .addKeyValue("error", damaged.getMessage())
                    .log();
            return;
        }
        underway(member, records.remaining());
        FetchAnswer answer = new FetchAnswer(
                site.broker(),
                replica.epoch(),
                site.broker(),
                Outcome.OK,
                asked,
                end,
                replica.highWatermark(),
                replica.restoresTrust(peer));
        say(member, answer, records);
    }

    private void underway(Member member, int bytes) {
        member.underway += bytes;
        underwayBytes += bytes;
        patientBytes += member.unhurried ? bytes : 0;
    }

    private void release(Member member) {
        underwayBytes -= member.underway;
        patientBytes -= member.unhurried ? member.underway : 0;
        member.underway = 0;
    }

    // ---- what goes out

    void flush(long now) {
        if (!active) {
            return;
        }
        if (!site.link().isUp(peer)) {
            waitForLink();
            return;
        }
        readAll(now);
        if (!news.isEmpty()) {
            if (!answers.isEmpty() || newsDueNanos - now <= 0) {
                sayNews();
            } else {
                site.turn().at(newsDueNanos);
            }
        }
        // Silence is for who is gone: one whose replicas all wait for their disks names none, and must hear that this
        // node lives.
        boolean due = (owesAnswer || !members.isEmpty())
                && now - sentNanos >= Site.nanos(site.config().fetchWaitMillis());
        if (!answers.isEmpty() || due) {
            sendAnswers(now);
        }
    }

    /**
     * The peer has its connection to this node, and this one's own is not there yet, as between nodes that start: an answer would be
     * lost, which the follower notices by the next one, half a second later. A follower that says so much meanwhile begins anew.
     */
    private void waitForLink() {
        if (answers.size() > WAITING_ANSWERS_MAX) {
            end();
        }
    }

    private void sayNews() {
        for (Member member : news) {
            if (mayServe(member) && hasNews(member)) {
                Replica replica = member.replica.replica();
                LogPosition end = member.request.end();
                FetchAnswer answer = new FetchAnswer(
                        site.broker(),
                        replica.epoch(),
                        site.broker(),
                        Outcome.OK,
                        end,
                        end,
                        replica.highWatermark(),
                        replica.restoresTrust(peer));
                say(member, answer, NO_RECORDS);
            }
        }
        news.clear();
    }

    private void sendAnswers(long now) {
        sentNanos = now;
        owesAnswer = false;
        int from = 0;
        do {
            int bytes = 0;
            int to = from;
            while (to < answers.size() && (to == from || bytes < site.config().frameBytes())) {
                bytes += FrameWriter.ANSWER_BYTES + answers.get(to).records().remaining();
                to++;
            }
            site.link().send(peer, FrameWriter.answers(session, sequence++, answers.subList(from, to), bytes));
            from = to;
        } while (from < answers.size());
        answers.clear();
    }

    // ---- life

    private boolean isMember(Member member) {
        return members.get(member.replica) == member;
    }

    private void remove(Member member) {
        release(member);
        members.remove(member.replica);
        member.replica.members.remove(member);
        member.waiting = false;
        if (member.queued) {
            ready.remove(member);
            patient.remove(member);
            member.queued = false;
        }
        news.remove(member);
    }

    /** The replica takes part in nothing any more. */
    void gone(Member member) {
        remove(member);
        answers.add(new Answer(member.replica.id(), null, null, NO_RECORDS));
        site.turn().end();
    }

    /** The peer is gone, or something that it said was lost. */
    void end() {
        active = false;
        owesAnswer = false;
        for (Member member : List.copyOf(members.values())) {
            member.replica.members.remove(member);
            member.waiting = false;
            member.underway = 0;
            if (!member.replica.store().voters().contains(peer)) {
                forget(member.replica);
            }
        }
        members.clear();
        ready.clear();
        patient.clear();
        news.clear();
        answers.clear();
        underwayBytes = 0;
        patientBytes = 0;
    }

    void checkInvariants() {
        long sum = 0;
        long patientSum = 0;
        for (Member member : members.values()) {
            sum += member.underway;
            patientSum += member.unhurried ? member.underway : 0;
        }
        Rules.check(sum == underwayBytes, "what is under way is what its parts are", this);
        Rules.check(patientSum == patientBytes, "what nobody waits for is what its parts are", this);
        Rules.check(ready.size() + patient.size() <= members.size(), "a member waits in one place", this);
    }

    @Override
    public String toString() {
        return "serving " + peer + " active=" + active + " members=" + members.size() + " ready=" + ready.size()
                + " patient=" + patient.size() + " underwayBytes=" + underwayBytes
                + " patientBytes=" + patientBytes;
    }
}
