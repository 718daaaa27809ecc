using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.LocalRuntime;

/// <summary>Reminders outlive activations and crashes, and activate their grain. The grain has to be <see cref="IRemindable"/>.</summary>
public static class GrainReminderExtensions
{
    /// <summary>Registers a reminder, or gives one of the same name a new time. When the task completes it is stored.</summary>
    public static Task<IGrainReminder> RegisterOrUpdateReminder(this IGrainBase grain, string reminderName, TimeSpan dueTime, TimeSpan period) => grain is IRemindable
        ? Service(grain).RegisterAsync(grain.GrainContext.GrainId, reminderName, dueTime, period)
        : throw new InvalidOperationException($"Grain {grain.GrainContext.GrainId} is not {nameof(IRemindable)}, so no reminder can reach it.");

    public static Task UnregisterReminder(this IGrainBase grain, IGrainReminder reminder) => Service(grain).UnregisterAsync(grain.GrainContext.GrainId, reminder.ReminderName);

    public static async Task<IGrainReminder?> GetReminder(this IGrainBase grain, string reminderName) =>
        (await GetReminders(grain)).Find(reminder => reminder.ReminderName == reminderName);

    public static Task<List<IGrainReminder>> GetReminders(this IGrainBase grain) => Service(grain).OfAsync(grain.GrainContext.GrainId);

    private static ReminderService Service(IGrainBase grain) => grain.GrainContext.ActivationServices.GetRequiredService<ReminderService>();
}
